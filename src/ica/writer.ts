/** What only `apply` may do. None of these deletes; each says what its failure leaves open. */
import type { AwsSecrets, Writer } from "../core/ica.ts";
import type { Secrets } from "../core/redact.ts";
import { analysisOf, credentialOf } from "./answers.ts";
import { fieldsOf } from "./fields.ts";
import { V3, V4 } from "./media-type.ts";
import { reader } from "./reader.ts";
import { acting, projectPath, segment } from "./requests.ts";
import { batchOf } from "./samples.ts";
import type { IcaRequest, Transport } from "./types.ts";

/** After a failure `mayHaveTakenEffect` in `core/errors.ts` tells whether ICA has to be read again. */
export function writer(transport: Transport, pageSize: number, secrets: Secrets): Omit<Writer, "userId"> {
  return {
    ...reader(transport, pageSize),

    /** 409 (the first call is still running) and 422 (another body under this key) go up at once. */
    async createAnalysis(projectId, endpoint, body, idempotencyKey) {
      const request: IcaRequest = {
        method: "POST",
        path: projectPath(projectId, endpoint),
        body,
        accept: V4,
        contentType: V4,
        idempotencyKey,
        safe: false,
        auth: "token",
      };
      return analysisOf(fieldsOf(request, await transport(request)));
    },

    /** A repeated PUT writes the same again; a repeat of one that took effect is answered by 409. */
    async updateTags(projectId, analysisId, body, etag) {
      const request: IcaRequest = {
        method: "PUT",
        path: projectPath(projectId, "analyses", segment(analysisId)),
        body: JSON.stringify(body),
        accept: V4,
        contentType: V4,
        ifMatch: etag,
        safe: true,
        auth: "token",
      };
      return analysisOf(fieldsOf(request, await transport(request)));
    },

    async abortAnalysis(projectId, analysisId) {
      await transport(acting(projectPath(projectId, "analyses", `${segment(analysisId)}:abort`)));
    },

    async createSampleBatch(projectId, body, idempotencyKey) {
      const request: IcaRequest = {
        ...acting(projectPath(projectId, "sampleCreationBatch")),
        accept: V3,
        contentType: V3,
        body,
        idempotencyKey,
      };
      const response = await transport(request);
      return batchOf(fieldsOf(request, response), response);
    },

    /** A repeated PUT writes the same again; a repeat of one that took effect is answered by 409. */
    async updateSample(projectId, sampleId, body, etag) {
      await transport({
        method: "PUT",
        path: projectPath(projectId, "samples", segment(sampleId)),
        body: JSON.stringify(body),
        accept: V3,
        contentType: V3,
        ifMatch: etag,
        safe: true,
        auth: "token",
      });
    },

    /** Linked twice is linked once; a repeat that is refused for it is the caller's to tell. */
    async linkSampleData(projectId, sampleId, dataId) {
      await transport(acting(projectPath(projectId, "samples", segment(sampleId), "data", segment(dataId))));
    },

    async completeSample(projectId, sampleId) {
      await transport(acting(projectPath(projectId, "samples", `${segment(sampleId)}:complete`)));
    },

    async createCredential(name, aws) {
      const awsCredentials = kept(aws, secrets);
      const request: IcaRequest = {
        ...acting("/api/storageCredentials"),
        accept: V3,
        contentType: V3,
        body: JSON.stringify({ name, type: "AWS_USER", awsCredentials }),
      };
      return credentialOf(fieldsOf(request, await transport(request)));
    },

    async shareCredential(id) {
      await transport(acting(`/api/storageCredentials/${segment(id)}:share`));
    },

    async updateCredentialSecrets(id, aws) {
      await transport({
        ...acting(`/api/storageCredentials/${segment(id)}:updateSecrets`),
        contentType: V3,
        body: JSON.stringify({ awsCredentials: kept(aws, secrets) }),
      });
    },
  };
}

/** Known from now on as secrets, so that an error answer that quotes them is blanked out. */
function kept(aws: AwsSecrets, secrets: Secrets): AwsSecrets {
  secrets.add(aws.accessKeyId);
  secrets.add(aws.secretAccessKey);
  return { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey };
}
