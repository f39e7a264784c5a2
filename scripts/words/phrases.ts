// Phrases that a reader has to read twice, and what to write instead.

export interface Phrase {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** Creates a phrase. A space in the pattern matches any white space, because sentences continue over lines. */
const phrase = (pattern: string, instead: string): Phrase => ({
  pattern: new RegExp(pattern.replaceAll(" ", "\\s+"), "gi"),
  instead,
});

export const PHRASES: readonly Phrase[] = [
  phrase(
    "(?<!\\b(there|here|and|but|or) )\\b(is|are|was|were) no\\b(?! (longer|more|less|different|better|worse|later|earlier|finer|such|other))",
    "is not a …",
  ),
  phrase("\\b(that|which|what|it|this) (is|are|was|were) none\\b", "is not one, an invalid …"),
  phrase("\\b(will not do|won't do)\\b", "is missing or invalid"),
  phrase("\\bany (\\w+ )?will do\\b", "any … works"),
  phrase("\\bagainst (each other|one another)\\b", "checks that they agree, compares"),
  phrase("\\b(turns?|turned|turning|be|is|are|goes|go) green unrun\\b|\\bunrun\\b", "pass without running"),
  phrase("\\b(denies|deny|denied|refuses) to read\\b", "refuses reads of"),
  phrase("\\b(needed|wanted) is\\b", "expected …"),
  phrase("\\b(one|it|which) says more\\b", "name what differs: same version, different precision"),
  phrase("\\b(takes?|taken|taking|took) ([\\w`'-]+ ){1,5}for done\\b", "treats … as already published, as done"),
  phrase("\\b(stands?|stood) on\\b(?! (line|the PATH))", "needs, is built from"),
  phrase("\\bnearest way\\b", "from the fastest source available"),
  phrase("\\bway (in )?(is|was) closed\\b", "where the engine cannot pull from it"),
  phrase("\\b(not|never) handed over\\b", "this step did not receive it"),
  phrase("\\bwhat (stands?|stood) for\\b", "to use instead of, a stand-in for"),
  phrase("\\bnothing of an error\\b", "reported no error"),
  phrase("\\bonly looked at\\b", "checked once"),
  phrase("\\bwhat proves\\b", "the digest, the credential, the signature: its name"),
  phrase("\\bin vain\\b", "say what failed"),
  phrase("\\bnought\\b|\\bnaught\\b", "zero, nothing"),
  phrase("\\bof (one's|its|their) own accord\\b", "by itself"),
  phrase("\\b(thereof|whereof|thereby|therein|wherein|whereby|hereby|hitherto|whence|thence|hence)\\b", "plain words"),
  phrase("\\b(lies|lie|lay) (in|at|on|inside|beside|under)\\b", "is in, is at"),
  phrase("\\b(\\d+|no|every|each|one|two|\\}) of (these|those|them) will do\\b", "is enough"),
  phrase("\\bas good as\\b", "equals, is treated as"),
  phrase("\\bbesides of\\b", "in addition to"),
  phrase("\\bcannot be had\\b", "is not available"),
  phrase("\\b(is|are|was|be) to be had\\b", "is available"),
  phrase("\\bbe it\\b", "whether"),
  phrase(
    "(?<![\\d.])\\b(1|one) (URLs|files|images|secrets|targets|jobs|packages|layers|builds|archives|entries)\\b",
    "one thing, many things: countOf of packages/report",
  ),
];
