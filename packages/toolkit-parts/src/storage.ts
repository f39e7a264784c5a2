/** Clients for storing blobs, and for the messages of the services that provide the storage URLs. */
export { BearerCredentialHandler } from "@actions/http-client/lib/auth";
export { BlobClient, BlockBlobClient } from "@azure/storage-blob";
export {
  MESSAGE_TYPE,
  MessageType,
  PbLong,
  reflectionMergePartial,
  typeofJsonValue,
  UnknownFieldHandler,
  WireType,
} from "@protobuf-ts/runtime";
export { ServiceType } from "@protobuf-ts/runtime-rpc";
