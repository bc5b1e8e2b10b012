/** Columns and joins that `mayDial` needs, for queries over `attempts AS attempt`. */
export const contactFacts = `
  contact.consent, contact.time_zone AS contact_time_zone,
  EXISTS (SELECT 1 FROM do_not_call AS entry WHERE entry.number = attempt.to_number
    AND (entry.business_id IS NULL OR entry.business_id = attempt.business_id)) AS is_on_do_not_call`;
