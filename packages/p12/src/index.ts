export { openP12, P12Error, type P12Problem, type SigningCertificate } from "./open.ts";
