import { type BusinessTool } from '@frontdesk/contracts';
import { builtInTools, type ToolSetting } from './built-in-tools';
import { httpTool, type HttpToolParts, type ToolCaller } from './http-tool';
import { type CallTool, type ToolActions } from './tool';

export interface CallToolsOptions {
  readonly setting: ToolSetting;
  readonly actions: ToolActions;
  /** The business's own tools. */
  readonly own: readonly BusinessTool[];
  /** Null for a call of nobody's business: it has no tools of its own. */
  readonly caller: ToolCaller | null;
  readonly http: HttpToolParts;
}

/**
 * The one registry of what the agent of a call can do, by name. A built-in tool is never replaced by a business's; and
 * without [TOOL_SIGNING_SECRET] a business has none, as nobody could tell our requests from another's.
 */
export const callTools = (options: CallToolsOptions): ReadonlyMap<string, CallTool> => {
  const { setting, actions, own, caller, http } = options;
  const tools = new Map<string, CallTool>();
  const add = (tool: CallTool): void => {
    if (!tools.has(tool.name)) tools.set(tool.name, tool);
  };
  builtInTools(setting, actions).forEach(add);
  if (caller && http.secrets.length > 0) for (const tool of own) add(httpTool(tool, caller, http));
  return tools;
};
