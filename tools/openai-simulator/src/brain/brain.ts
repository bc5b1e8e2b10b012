import { DEFAULT_RULES, ruleSchema, type Rule } from './rules';

export { ruleSchema, type Rule };

/** What a response shall consist of: speech, a tool call, or both. */
export interface Reply {
  readonly say: string | null;
  readonly tool: { readonly name: string; readonly arguments: string } | null;
}

/** What the model has before it when it is asked to answer. */
export interface Prompt {
  /** Of the response when it has any, else of the session. */
  readonly instructions: string;
  /** Names of the functions it may call. */
  readonly tools: readonly string[];
  /** The newest item that asks for an answer, if any. */
  readonly last: { readonly kind: 'said' | 'function_call_output'; readonly text: string } | null;
}

const VERBATIM = /^\s*Say exactly:\s*/i;

/** Stands for the model's mind: answers by rules, the same for all sessions, which a test may set. */
export class Brain {
  private custom: readonly Rule[] = [];

  /** Rules that come before the built-in ones; replaces those set earlier. */
  setRules(rules: readonly Rule[]): void {
    this.custom = rules;
  }

  reply({ instructions, tools, last }: Prompt): Reply {
    if (VERBATIM.test(instructions)) return { say: instructions.replace(VERBATIM, '').trim(), tool: null };
    if (last === null) return { say: 'hello', tool: null };
    const rules = last.kind === 'said' ? [...this.custom, ...DEFAULT_RULES] : this.custom;
    for (const rule of rules) {
      const reply = apply(rule, last.text, tools);
      if (reply) return reply;
    }
    return { say: last.kind === 'said' ? `you said: ${last.text}` : 'done', tool: null };
  }
}

/** A rule whose tool the session does not offer falls back to what it says, or does not apply. */
const apply = (rule: Rule, text: string, tools: readonly string[]): Reply | null => {
  const match = new RegExp(rule.match, 'iu').exec(text);
  if (!match) return null;
  const say = rule.say === undefined ? null : fillIn(rule.say, match);
  const offered = rule.tool !== undefined && tools.includes(rule.tool.name);
  if (rule.tool && offered)
    return {
      say: rule.whenOffered === 'tool-only' ? null : say,
      tool: { name: rule.tool.name, arguments: fillIn(JSON.stringify(rule.tool.arguments), match) },
    };
  return say === null ? null : { say, tool: null };
};

const fillIn = (template: string, match: RegExpExecArray): string =>
  template.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '');
