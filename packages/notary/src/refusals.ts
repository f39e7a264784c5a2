/** Apple's reasons for HTTP 403, by their wording, and what to do about each. The first match counts. */
const REFUSALS: readonly (readonly [said: RegExp, advice: string])[] = [
  [
    /agreement|contract/i,
    "The account holder must accept the pending agreement at developer.apple.com or in App Store Connect (Business). It may take an hour to take effect.",
  ],
  [
    /not (yet )?configured for notarization/i,
    "Ask Apple's developer support to enable notarization for the team (topic Development and Technical).",
  ],
  [
    /provider/i,
    "The credentials belong to several teams, or to another one: check `team-id`, or use an API key, which belongs to one team.",
  ],
  [/team/i, "Check `team-id`: the Apple ID or the key must belong to this team, whose membership must not have ended."],
];

/** The advice for HTTP 401 with an API key. */
export const CHECK_KEY = "Check that key, key id and issuer belong together and that the key is not revoked.";

const ROLE = "Give the key the role Developer or above, in App Store Connect under Users and Access, Integrations.";

export function adviceForRefusal(said: string): string {
  return REFUSALS.find(([pattern]) => pattern.test(said))?.[1] ?? ROLE;
}
