const PLACEHOLDER = /([,\s]*)\{([a-z][a-z0-9_]{0,40})\}/gi;

/**
 * The template with each `{name}` replaced. What nobody knows is left out, with the space or comma before it, so that
 * "Hello {first_name}, this is Dana" becomes "Hello, this is Dana". A value is only ever text: it fills in nothing itself.
 */
export const fillTemplate = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(PLACEHOLDER, (_whole, before: string, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name]!.trim() : '';
    return value === '' ? '' : `${before}${value}`;
  });

/** Whether anything in the text would be replaced. */
export const hasPlaceholders = (template: string): boolean => template.search(PLACEHOLDER) >= 0;
