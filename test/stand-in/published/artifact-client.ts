// Drives the published @actions/artifact as an action would. The client reads its environment when
// it is called, so it gets a process of its own: `node artifact-client.ts '<request as JSON>'`.
// The answer is the last line of standard output, after what the client itself logs.
import {
  DefaultArtifactClient,
  type DownloadArtifactOptions,
  type FindOptions,
  type UploadArtifactOptions,
} from "@actions/artifact";

export type ArtifactRequest =
  | { do: "upload"; name: string; files: string[]; root: string; options?: UploadArtifactOptions }
  | { do: "download"; id: number; options: DownloadArtifactOptions & FindOptions }
  | { do: "list"; options?: { latest?: boolean } & FindOptions }
  | { do: "get"; name: string; options?: FindOptions }
  | { do: "delete"; name: string };

// The only caller is `runPublishedArtifactClient`, which writes this argument from a typed value.
const request = JSON.parse(process.argv[2] ?? "") as ArtifactRequest;
console.log(`\n${JSON.stringify(await perform(request))}`);

async function perform(wanted: ArtifactRequest): Promise<unknown> {
  const client = new DefaultArtifactClient();
  switch (wanted.do) {
    case "upload":
      return await client.uploadArtifact(wanted.name, wanted.files, wanted.root, wanted.options);
    case "download":
      return await client.downloadArtifact(wanted.id, wanted.options);
    case "list":
      return await client.listArtifacts(wanted.options);
    case "get":
      return await client.getArtifact(wanted.name, wanted.options);
    case "delete":
      return await client.deleteArtifact(wanted.name);
  }
}
