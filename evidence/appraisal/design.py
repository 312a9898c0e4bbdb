"""What kind of study a record reports: publication types and MeSH where present, its text where not.

Rules are named; how often each is right was measured (``data/models/design.json``) and is the
confidence of what it says. Whether lots were drawn is a model of its own (``randomized.py`` gives
its features).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.marks import any_of
from evidence.appraisal.patterns import Gated, gated
from evidence.appraisal.randomized import randomization_features
from evidence.appraisal.sentences import CONCLUSIONS, Passage, Sentence
from evidence.appraisal.words import PassageWords, WordModel, passage_words, weighed_words
from evidence.vocabulary import Design

TRIAL_DESIGNS = frozenset(
    (Design.RANDOMIZED_TRIAL, Design.NONRANDOMIZED_TRIAL, Design.SECONDARY_ANALYSIS)
)
REVIEW_DESIGNS = frozenset(
    (
        Design.SYSTEMATIC_REVIEW,
        Design.META_ANALYSIS,
        Design.NETWORK_META_ANALYSIS,
        Design.UMBRELLA_REVIEW,
    )
)

_TYPES: tuple[tuple[tuple[str, ...], Design], ...] = (
    (("Retraction of Publication", "Retraction Notice"), Design.RETRACTION_NOTICE),
    (("Clinical Trial Protocol",), Design.PROTOCOL),
    (("Network Meta-Analysis",), Design.NETWORK_META_ANALYSIS),
    (
        (
            "Practice Guideline",
            "Guideline",
            "Consensus Development Conference",
            "Consensus Statement",
        ),
        Design.GUIDELINE,
    ),
    (("Meta-Analysis",), Design.META_ANALYSIS),
    (("Systematic Review", "Scoping Review"), Design.SYSTEMATIC_REVIEW),
    (("Randomized Controlled Trial",), Design.RANDOMIZED_TRIAL),
    (("Case Reports",), Design.CASE_REPORT),
    (("Editorial", "Letter", "Comment", "News", "Published Erratum"), Design.EDITORIAL),
    (("Review",), Design.NARRATIVE_REVIEW),
)
_REFINABLE = frozenset(
    (Design.META_ANALYSIS, Design.SYSTEMATIC_REVIEW, Design.NARRATIVE_REVIEW, Design.CASE_REPORT)
)
_TRIAL_TYPES = (
    "Controlled Clinical Trial",
    "Clinical Trial",
    "Pragmatic Clinical Trial",
    "Equivalence Trial",
    "Adaptive Clinical Trial",
)
_MESH: tuple[tuple[tuple[str, ...], Design], ...] = (
    (("Case-Control Studies",), Design.CASE_CONTROL),
    (("Cross-Sectional Studies",), Design.CROSS_SECTIONAL),
    (
        (
            "Cohort Studies",
            "Follow-Up Studies",
            "Prospective Studies",
            "Retrospective Studies",
            "Longitudinal Studies",
        ),
        Design.COHORT,
    ),
)
_ANIMALS = (
    r"\b(?:rats?|mice|mouse|murine|rabbits?|dogs?|canine|piglets?|pigs?|porcine|swine|sheep|ovine|lambs?|bovine|cattle|cows?|"
    r"calves|steers|cats?|feline|monkeys?|macaques?|hamsters?|chickens?|broilers?|hens?|goats?|horses?|equine|guinea[- ]pigs?|"
    r"zebrafish|drosophila|xenopus|beagles?|ferrets?)\b"
)
_RULE_WORDS: dict[str, tuple[str, ...]] = {
    "umbrella text": ("umbrella", "overview"),
    "protocol text": ("protocol", " will ", "the design", "rationale"),
    "network text": ("network meta", "mixed treatment"),
    "meta text": ("meta",),
    "systematic text": (
        "systematic",
        "scoping",
        "medline",
        "pubmed",
        "embase",
        "cochrane",
        "cinahl",
        "databases",
        "selection criteria",
    ),
    "case-control text": ("case-control", "case control", "cases and"),
    "cross-sectional text": ("sectional", "crosssectional", "survey", "questionnaire"),
    "case report text": ("case", "report", "describe", "present", "-year-old", "year old"),
    "case series text": ("case series", "cases", "we report", "we describe"),
    "qualitative text": ("qualitative", "interview", "focus group", "thematic"),
    "in vitro text": ("in vitro", "in-vitro", "cell"),
    "nonrandomized text": (
        "phase",
        "open",
        "arm",
        "randomi",
        "nonrandomi",
        "arms",
        "pilot",
        "uncontrolled",
        "trial",
        "experimental",
        "before-and",
        "pre-test",
        "pretest",
    ),
    "guideline text": ("guideline",),
    "cohort text": (
        "cohort",
        "retrospective",
        "records",
        "chart",
        "longitudinal",
        "registry",
        "followed",
        "consecutive",
    ),
    "animal text": tuple(
        words_in(
            "rat rats mice mouse murine rabbit rabbits dog dogs canine piglet piglets pig pigs porcine swine sheep ovine "
            "lamb lambs bovine cattle cow cows calves steers cat cats feline monkey monkeys macaque macaques hamster "
            "hamsters chicken chickens broilers hen hens goat goats horse horses equine guinea zebrafish drosophila xenopus "
            "beagle beagles ferret ferrets"
        )
    ),
    "narrative text": ("this ", "review", "discuss"),
}
"""Words of which one stands in every text that a rule fits."""
_TITLE_WORDS: dict[str, tuple[str, ...]] = {
    "retraction": ("retract", "withdrawn"),
    "umbrella": ("umbrella", "overview", "review of"),
    "protocol": ("protocol", "design", "rationale"),
    "network": ("network", "mixed treatment", "multiple"),
    "meta": ("meta", "individual"),
    "systematic": ("systematic", "scoping", "cochrane", "integrative", "rapid review", "evidence"),
    "guideline": ("guideline", "consensus", "position", "recommendations"),
    "secondary": ("secondary", "hoc", "sub", "exploratory", "ancillary", "mediation", "moderator"),
    "randomized": ("random",),
    "case report": ("case",),
    "case series": ("case", "series"),
    "qualitative": ("qualitative", "focus", "ethnograph", "phenomenolog", "interview", "grounded"),
    "case-control": ("case",),
    "cohort": ("cohort", "longitudinal", "retrospective", "registry", "follow", "prospective"),
    "cross-sectional": ("sectional", "survey", "prevalence", "questionnaire"),
    "nonrandomized": ("random", "phase", "arm", "label", "pilot", "clinical trial", "quasi"),
    "in vitro": ("vitro", "cell", "cultured"),
    "animal": (*_RULE_WORDS["animal text"], "broiler"),
    "editorial": (
        "editorial", "commentary", "letter", "comment", "reply", "response", "erratum", "correction", "corrigendum", "re:",
    ),
    "narrative": ("review", "overview", "update", "advances", "current", "perspective"),
}  # fmt: skip
_TITLE_RULES: tuple[tuple[str, Gated, Design], ...] = tuple(
    (name, gated(pattern, *_TITLE_WORDS[name]), design)
    for name, pattern, design in (
        (
            "retraction",
            r"^(?:\W*)(?:retract(?:ion|ed)|notice of retraction|withdrawn)\b(?! of (?:the )?(?:lung|eyelid|gingiv|gum|clot))",
            Design.RETRACTION_NOTICE,
        ),
        (
            "umbrella",
            r"\bumbrella review|overview of (?:systematic )?(?:reviews|meta-analyses)|review of (?:systematic )?(?:reviews|meta-analyses)",
            Design.UMBRELLA_REVIEW,
        ),
        (
            "protocol",
            r"\b(?:study|trial|review|research)?[- ]?protocol\b(?! (?:deviation|violation|adherence|compliance))|rationale and (?:study )?design|\b(?:study|trial) design\b|^(?:rationale|design)\b",
            Design.PROTOCOL,
        ),
        (
            "network",
            r"\bnetwork meta-?\s?analy|mixed treatment comparison|multiple[- ]treatments? meta",
            Design.NETWORK_META_ANALYSIS,
        ),
        (
            "meta",
            r"\bmeta-?\s?anal(?!.{0,12}(?:method|software))|metaanaly|individual (?:patient|participant) data",
            Design.META_ANALYSIS,
        ),
        (
            "systematic",
            r"\bsystematic(?:ally)?[- ](?:\w+[- ]){0,4}?(?:over)?reviews?|\bsystematic(?:ally)? review|\bscoping review|\bsystematic (?:literature )?search|\bcochrane\b|\bintegrative review|\brapid review|\bevidence[- ](?:synthesis|map)",
            Design.SYSTEMATIC_REVIEW,
        ),
        (
            "guideline",
            r"\bguidelines? (?:for|on|from|of|update)\b|\b(?:practice|clinical) guidelines?\b|\bconsensus (?:statement|conference|report|recommendations)|\bposition (?:statement|paper)|^recommendations for|\bexperts'? consensus",
            Design.GUIDELINE,
        ),
        (
            "secondary",
            r"\bsecondary (?:data )?analys|\bpost[- ]?hoc\b|\bsub-?group analys|\bexploratory analys|\bsub-?study\b|\bancillary study|\bsecondary outcomes? (?:from|of)|\bmediation analys|\bmoderators? of",
            Design.SECONDARY_ANALYSIS,
        ),
        (
            "randomized",
            r"\brandomi[sz]ed\b(?!.{0,30}(?:trials|studies)\b)|\brandom allocation",
            Design.RANDOMIZED_TRIAL,
        ),
        (
            "case report",
            r"\bcase (?:report|study|presentation)\b|\ba case of\b|\breport of (?:a|one|two|three|\d) (?:\w+ )?cases?\b|: a case\b(?![- ](?:control|series|cohort))|\ba rare case",
            Design.CASE_REPORT,
        ),
        (
            "case series",
            r"\bcase series\b|\bseries of \w+ (?:cases|patients)|\bcase reports\b|\b\w+ cases\b$|\breport of \w+ cases",
            Design.CASE_SERIES,
        ),
        (
            "qualitative",
            r"\bqualitative\b|\bfocus groups?\b|\bethnograph|\bphenomenolog|\binterview study|\bgrounded theory",
            Design.QUALITATIVE,
        ),
        ("case-control", r"\bcase[- ]control(?:led)?\b", Design.CASE_CONTROL),
        (
            "cohort",
            r"\bcohort\b|\blongitudinal\b|\bretrospective\b|\bregistry\b|\bfollow-?up study|\bprospective (?:observational )?study",
            Design.COHORT,
        ),
        (
            "cross-sectional",
            r"\bcross-?\s?sectional\b|\bsurvey\b|\bprevalence\b|\bquestionnaire\b",
            Design.CROSS_SECTIONAL,
        ),
        (
            "nonrandomized",
            r"\bnon-?\s?randomi[sz]ed\b|\bphase (?:i|1|ii|2)\b|\bsingle[- ]arm\b|\bopen[- ]label\b|\bpilot (?:study|trial)|\bclinical trial\b|\bquasi-experiment",
            Design.NONRANDOMIZED_TRIAL,
        ),
        ("in vitro", r"\bin[- ]vitro\b|\bcell lines?\b|\bcultured\b", Design.IN_VITRO),
        ("animal", _ANIMALS, Design.ANIMAL),
        (
            "editorial",
            r"^(?:editorial|commentary|letter|comment on|reply|response to|authors?'? (?:reply|response)|erratum|correction|corrigendum|in reply|re:)\b|\beditorial\b",
            Design.EDITORIAL,
        ),
        (
            "narrative",
            r"\b(?:literature |narrative |critical |state[- ]of[- ]the[- ]art |mini-?|brief )?review\b|\boverview\b|\bupdate on\b|\brecent advances\b|\bcurrent (?:status|concepts|perspectives)|\bperspectives?\b",
            Design.NARRATIVE_REVIEW,
        ),
    )
)
_TEXT_RULES: tuple[tuple[str, Gated, Design], ...] = tuple(
    (name, gated(pattern, *_RULE_WORDS[name]), design)
    for name, pattern, design in (
        (
            "umbrella text",
            r"\bumbrella review\b|overview of systematic reviews",
            Design.UMBRELLA_REVIEW,
        ),
        (
            "protocol text",
            r"\b(?:this|study|trial) protocol\b|\bwe (?:describe|present|report) the (?:design|protocol|rationale)|(?:patients|participants|subjects|women|men|children|adults) will be (?:randomi|enrol|recruit|allocat|assign|included)|\bthis (?:study|trial|review) will\b|\bwill be random|\bwe will (?:search|include|conduct|recruit)",
            Design.PROTOCOL,
        ),
        (
            "network text",
            r"\bnetwork meta-?\s?analys[ie]s (?:was|were|of|to)|mixed treatment comparison",
            Design.NETWORK_META_ANALYSIS,
        ),
        (
            "meta text",
            r"\b(?:we|this|our|present|conducted|performed|using|used|a|the) (?:\w+ ){0,4}?meta-?\s?analys[ie]s\b(?! (?:of|have|has) (?:previous|other|earlier))|(?:pooled|meta-analy\w+) (?:using|with|by) (?:a )?(?:random|fixed)",
            Design.META_ANALYSIS,
        ),
        (
            "systematic text",
            r"\bsystematic(?:ally)? (?:\w+ ){0,2}?(?:review|search)|\bscoping review\b|\b(?:medline|pubmed|embase)\b.{0,200}\b(?:search|databases?|review)|\bsearch(?:ed|es)?\b.{0,120}\b(?:medline|pubmed|embase|cochrane|cinahl|databases)|\bselection criteria:",
            Design.SYSTEMATIC_REVIEW,
        ),
        ("animal text", _ANIMALS, Design.ANIMAL),
        (
            "case-control text",
            r"\bcase[- ]control(?:led)?\b(?! for)|\bcases and (?:\w+ )?(?:matched )?controls\b",
            Design.CASE_CONTROL,
        ),
        (
            "cross-sectional text",
            r"\bcross-?\s?sectional\b|\b(?:postal|mail|online|telephone|national|household) survey|\bsurvey(?:ed)?\b|\bquestionnaires? (?:was|were) (?:sent|mailed|distributed|administered)",
            Design.CROSS_SECTIONAL,
        ),
        (
            "cohort text",
            r"\bcohort\b|\bretrospective(?:ly)?\b|\b(?:medical|hospital|patient) records (?:of|were)|\bcharts? (?:review|were reviewed)|\blongitudinal\b|\bregistry\b|\bfollowed (?:up )?for\b|\bconsecutive (?:patients|cases)|\bwere followed\b",
            Design.COHORT,
        ),
        (
            "case report text",
            r"\b(?:we|authors?|this (?:paper|article|report)) (?:report|describe|present)s? (?:on )?(?:a|an|one|the) (?:\w+ ){0,3}?(?:case|patient|man|woman|boy|girl|infant|child|\d+)|\bcase report\b|\b\d+[- ]year[- ]old (?:\w+ ){0,2}(?:man|woman|boy|girl|male|female|patient)\b",
            Design.CASE_REPORT,
        ),
        (
            "case series text",
            r"\bcase series\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|\d) (?:\w+ ){0,2}cases (?:of|are|were)|\bwe (?:report|describe) (?:two|three|four|five|six|\d+) ",
            Design.CASE_SERIES,
        ),
        (
            "qualitative text",
            r"\bqualitative (?:study|research|interview|analysis|data)|\bsemi-?structured interviews|\bfocus groups?\b|\bthematic analysis",
            Design.QUALITATIVE,
        ),
        (
            "in vitro text",
            r"\bin[- ]vitro\b|\bcell lines?\b|\bcells were (?:cultured|incubated|treated)|\bcultured (?:\w+ )?cells",
            Design.IN_VITRO,
        ),
        (
            "nonrandomized text",
            r"\b(?:phase (?:i|ii|1|2)\b|open[- ]label|single[- ]arm|non-?randomi[sz]ed|pilot study|uncontrolled (?:study|trial)|clinical trial|quasi-experimental|before-and-after|pre-?test)",
            Design.NONRANDOMIZED_TRIAL,
        ),
        (
            "guideline text",
            r"\b(?:this|these|the|updated) (?:\w+ ){0,2}guidelines? (?:\w+ ){0,2}(?:recommend|provide|address|was|were developed)",
            Design.GUIDELINE,
        ),
        (
            "narrative text",
            r"\bthis (?:article|review|paper|chapter) (?:\w+ ){0,2}?(?:review|discuss|summari|describ|focus|provid|outlin|examin|highlight)\w*|\bwe review\b|\b(?:are|is) (?:reviewed|discussed)\b|\bin this review\b|\bthe authors? (?:review|discuss)",
            Design.NARRATIVE_REVIEW,
        ),
    )
)


@dataclass(frozen=True, slots=True)
class DesignReading:
    """A design, the rule that gave it and where it stands."""

    design: Design
    rule: str
    sentence: int | None


def design_features(passage: Passage, model: WordModel | None = None) -> PassageWords:
    """Return the features of the model that tells randomized trials; all, or those it weighs."""
    found = passage_words(passage) if model is None else weighed_words(passage, model)
    found.marked |= randomization_features(passage)
    return found


def _from_types(types: Sequence[str], mesh: Sequence[str]) -> tuple[Design, str] | None:
    held = set(types)
    for names, design in _TYPES:
        if held.intersection(names):
            return design, "type " + design
    headings = {heading.lstrip("*").split("/")[0] for heading in mesh}
    if headings and "Animals" in headings and "Humans" not in headings:
        return Design.ANIMAL, "mesh animal"
    if any(
        name in held or any(t.startswith("Clinical Trial, Phase") for t in held)
        for name in _TRIAL_TYPES
    ):
        return Design.NONRANDOMIZED_TRIAL, "type trial"
    for names, design in _MESH:
        if headings.intersection(names):
            return design, "mesh " + design
    if "In Vitro Techniques" in headings and "Humans" not in headings:
        return Design.IN_VITRO, "mesh in vitro"
    return None


def _by_rules(passage: Passage, is_randomized: bool) -> DesignReading:
    title = passage.title
    for name, pattern, design in _TITLE_RULES:
        if name == "randomized" and not is_randomized:
            continue
        if pattern.search_in(title):
            if is_randomized and design in _OVERRULED:
                break
            is_open = design in _MAYBE_SYSTEMATIC and _calls_itself_review(title.lower)
            searched = _searched(passage, _SEARCHED) if is_open else None
            return searched or DesignReading(design, name, 0)
    if is_randomized:
        return _searched(passage, _SEARCHED_DATABASES) or DesignReading(
            Design.RANDOMIZED_TRIAL, "model", _random_sentence(passage)
        )
    for name, gate, design in _TEXT_RULES:
        index = gate.first(passage)
        if index is not None:
            if name == "protocol text" and passage.lower.count(" will ") < 2:
                continue
            return DesignReading(design, name, index)
    if len(passage.sentences) == 1:
        return DesignReading(Design.EDITORIAL, "no abstract", None)
    return DesignReading(Design.OTHER, "nothing", None)


_MAYBE_SYSTEMATIC = frozenset((Design.NARRATIVE_REVIEW, Design.CROSS_SECTIONAL, Design.COHORT))
"""Designs by a word of the title that a systematic search told in the abstract outweighs."""

_DATABASES = (
    r"\bdatabases\b.{0,80}\bsearch|\bsearch(?:ed|es)?\b.{0,150}\b(?:medline|pubmed|embase|cochrane|cinahl|databases)"
    r"|\b(?:medline|pubmed|embase)\b.{0,200}\bsearch"
)
_SEARCHED_DATABASES = gated(_DATABASES, "search")
_SEARCHED = gated(
    r"\bsystematic(?:ally)? (?:literature |narrative |critical |qualitative )?(?:review|search)|\bscoping review|\bprisma\b|"
    + _DATABASES,
    "systematic", "scoping", "prisma", "search",
)  # fmt: skip


def _searched(passage: Passage, pattern: Gated) -> DesignReading | None:
    """Return a systematic review where a record says how it searched the literature."""
    index = pattern.first(passage)
    if index is None:
        return None
    return DesignReading(Design.SYSTEMATIC_REVIEW, "searched text", index)


def _calls_itself_review(title: str) -> bool:
    """Return whether a title says "review" and leaves open of what kind."""
    return ("review" in title or "perspective" in title) and "narrative" not in title


_OVERRULED = frozenset(
    (
        Design.CASE_REPORT,
        Design.CASE_SERIES,
        Design.CASE_CONTROL,
        Design.COHORT,
        Design.CROSS_SECTIONAL,
        Design.NONRANDOMIZED_TRIAL,
        Design.IN_VITRO,
        Design.NARRATIVE_REVIEW,
        Design.GUIDELINE,
    )
)
"""Designs whose word in a title loses against a text that draws lots."""


_RANDOM, _DRAWN = any_of("random"), any_of("were random", "randomly", "was random")


def _random_sentence(passage: Passage) -> int | None:
    """Return the sentence that says best that lots were drawn."""
    best: Sentence | None = None
    for sentence in passage.sentences:
        if sentence.section != CONCLUSIONS and _RANDOM.stand_in(sentence):
            if _DRAWN.stand_in(sentence):
                return sentence.index
            best = best or sentence
    best = best or _comparing_sentence(passage)
    return best.index if best is not None else None


_COMPARING = (
    "placebo",
    "crossover",
    "cross-over",
    "double-blind",
    "control group",
    "trial",
    "groups",
    "assigned",
)
"""Words of a sentence that shows a comparison of arms, the plainest first."""


def _comparing_sentence(passage: Passage) -> Sentence | None:
    """Return the sentence that shows best that arms were compared, where none names chance."""
    for word in _COMPARING:
        for sentence in passage.sentences:
            if word in sentence.lower and sentence.section != CONCLUSIONS:
                return sentence
    return None


def read_design(
    passage: Passage, is_randomized: bool, types: Sequence[str] = (), mesh: Sequence[str] = ()
) -> DesignReading:
    """Return the design by publication types and MeSH, refined by the text, else by the text."""
    by_text = _by_rules(passage, is_randomized)
    typed = _from_types(types, mesh)
    if typed is None:
        return by_text
    design, rule = typed
    if design is Design.RANDOMIZED_TRIAL and by_text.design in (
        Design.PROTOCOL,
        Design.SECONDARY_ANALYSIS,
    ):
        return by_text
    if design is Design.NONRANDOMIZED_TRIAL and is_randomized:
        return by_text
    if (
        design in _REFINABLE
        and by_text.design
        in (REVIEW_DESIGNS | {Design.PROTOCOL, Design.CASE_SERIES, Design.GUIDELINE})
        and (design is not Design.CASE_REPORT or by_text.design is Design.CASE_SERIES)
    ):
        return by_text
    if (
        rule.startswith("mesh")
        and by_text.design in TRIAL_DESIGNS | REVIEW_DESIGNS
        and design is not Design.ANIMAL
    ):
        return by_text
    same = by_text.sentence if by_text.design is design else None
    return DesignReading(design, rule, same)


def confidence_of_rule(rule: str, measured: Mapping[str, float]) -> float:
    """Return how often a rule was right when it was measured; a rule never seen is a coin's toss."""
    return measured.get(rule, 0.5)


_FLAG_WORDS: dict[str, tuple[str, ...]] = {
    "pilot": ("pilot", "feasibility", "proof"),
    "cluster": ("cluster", "randomised by", "randomized by", "were random"),
    "cross-over": ("cross-over", "crossover", "cross over", "wash-out", "washout", "wash out"),
    "factorial": ("factorial",),
    "non-inferiority": ("noninferior", "non-inferior", "non inferior"),
    "equivalence": ("equivalence",),
    "open label": ("open-label", "open label", "unblinded", "unmasked"),
    "multicentre": ("multicent", "multi-cent", "multi cent", "centers", "centres", "hospitals", "sites"),
    "secondary analysis": ("secondary analy", "secondary data", "post hoc", "post-hoc", "posthoc", "substudy", "sub-study"),
    "interim": ("interim", "preliminary"),
    "stopped early": ("early", "premature"),
    "subgroup only": ("subgroup", "sub-group"),
    "three arms or more": ("three", "four", "five", "six", "3-", "4-", "5-", "6-", "3 ", "4 ", "5 ", "6 "),
    "withdrawn or retracted": ("retracted", "withdrawn"),
}  # fmt: skip
_FLAGS: tuple[tuple[str, Gated], ...] = tuple(
    (name, gated(pattern, *_FLAG_WORDS[name]))
    for name, pattern in (
        (
            "pilot",
            r"\bpilot\b|\bfeasibility (?:study|trial|randomi)|\bproof[- ]of[- ](?:concept|principle)",
        ),
        (
            "cluster",
            r"\bcluster[- ]?(?:randomi|trial|controlled)|\bcluster,|\b(?:practices|clinics|schools|villages|hospitals|communities|wards) were random|randomi[sz]ed by (?:cluster|practice|school)",
        ),
        (
            "cross-over",
            r"\bcross-?\s?over (?:trial|study|design|fashion|manner|comparison|randomi)|\bcross-?over\b.{0,20}\b(?:trial|study|design)|\bwash-?\s?out",
        ),
        ("factorial", r"\bfactorial\b"),
        ("non-inferiority", r"\bnon-?\s?inferior"),
        ("equivalence", r"\bequivalence (?:trial|study|margin|design)"),
        ("open label", r"\bopen[- ]label|\bunblinded\b|\bunmasked\b"),
        (
            "multicentre",
            r"\bmulti-?\s?cent(?:er|re)|\b\d+ (?:\w+ )?(?:cent(?:er|re)s|hospitals|sites)\b",
        ),
        ("secondary analysis", r"\bsecondary (?:data )?analys|\bpost[- ]?hoc\b|\bsub-?study\b"),
        (
            "interim",
            r"\binterim (?:analys|results|report)|\bpreliminary (?:results|report|findings)",
        ),
        (
            "stopped early",
            r"\b(?:stopped|terminated|halted|closed|discontinued) (?:\w+ )?(?:early|prematurely)|\bpremature(?:ly)? (?:terminat|stopp|clos)\w*",
        ),
        ("subgroup only", r"\bsub-?group"),
        (
            "three arms or more",
            r"\b(?:three|four|five|six|3|4|5|6)[- ](?:arm|group)|\binto (?:three|four|five|six|3|4|5|6) (?:\w+ ){0,2}(?:groups|arms)|\bone of (?:three|four|five|six) ",
        ),
        ("withdrawn or retracted", r"^\W*(?:retracted|withdrawn)\b"),
    )
)


def find_flags(passage: Passage) -> tuple[str, ...]:
    """Return what else stands out: pilot, cluster, cross-over and the like."""
    marks = passage.marks
    return tuple(
        name for name, gate in _FLAGS if marks & gate.beginnings and gate.first(passage) is not None
    )
