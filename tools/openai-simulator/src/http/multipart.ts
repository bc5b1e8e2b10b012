import busboy from 'busboy';
import { type IncomingMessage } from 'node:http';
import { ApiError } from './answers';

/** A parsed form: its fields (a name may come several times) and its one file. */
export interface MultipartForm {
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly file: { readonly name: string; readonly bytes: Buffer } | null;
}

/** Reads a multipart body. @throws ApiError when it is none, or its file is longer than the bound */
export const readMultipart = (request: IncomingMessage, maxFileBytes: number): Promise<MultipartForm> =>
  new Promise((resolve, reject) => {
    let parser: ReturnType<typeof busboy>;
    try {
      parser = busboy({ headers: request.headers, limits: { fileSize: maxFileBytes, files: 1, fields: 50 } });
    } catch {
      return reject(new ApiError(400, 'The body must be multipart/form-data.'));
    }
    const fields = new Map<string, string[]>();
    let file: MultipartForm['file'] = null;
    parser.on('field', (name, value) => fields.set(name, [...(fields.get(name) ?? []), value]));
    parser.on('file', (_name, stream, { filename }) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () =>
        reject(new ApiError(413, `Maximum content size limit (${maxFileBytes}) exceeded`)),
      );
      stream.on('end', () => (file = { name: filename ?? '', bytes: Buffer.concat(chunks) }));
    });
    parser.on('close', () => resolve({ fields, file }));
    parser.on('error', () => reject(new ApiError(400, 'The multipart body is broken.')));
    request.on('error', reject);
    request.pipe(parser);
  });
