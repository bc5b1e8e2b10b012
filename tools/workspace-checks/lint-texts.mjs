// Lints texts as if they stood in the named files, with the repository's own configuration, in one process.
// Reads [{ file, text }] as JSON on stdin, prints [[rule, …], …]: the rules each text breaks.
import { ESLint } from 'eslint';
import { text } from 'node:stream/consumers';

const eslint = new ESLint();
const broken = [];
for (const { file, text: source } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(source, { filePath: file });
  broken.push(result.messages.map(({ ruleId, message }) => ruleId ?? message));
}
console.log(JSON.stringify(broken));
