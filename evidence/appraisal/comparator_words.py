"""Words that name a comparator: placebo, no treatment, usual care, other people, several at once.

Classes are the closed list of docs/method.md, section 3. What follows from the words is decided in
``comparator_rules``. Knows nothing of passages.
"""

from __future__ import annotations

import re

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.patterns import gated
from evidence.appraisal.sentences import stem

SHAM = gated(
    r"\bplacebos?\b|\bsham\b|\bsimulated\b|\bdummy\b|\bvehicle\b|\bnon-?penetrating\b|\bnon-?\s?\w*points?\b|\b(?:superficial|minimal) needl\w+|"
    r"\bfake\b|\bmock\b|\binert\b|\bsugar pills?\b|\binactive\b|\bdetuned\b|\bsaline\b|\bdistilled water\b|"
    r"\bsodium chloride\b|\bnacl\b|\broom air\b|\bidentical(?:-looking)? (?:tablets?|capsules?|pills?)\b|\bbase (?:cream|ointment|gel)\b|\bnitrogen\b|\bmatching (?:capsules?|tablets?|pills?|injections?|cream)\b|\b(?:switched|turned|powered) off\b|\bdeactivated\b|\bdisconnected\b|\bsub-?therapeutic\b|"
    r"\battention[- ](?:matched )?control|\bdextrose\b|\bstarch\b|\bcellulose\b|\bmaltodextrin\b|\bplacebo-controlled",
    "placebo",
    "sham",
    "sodium chl",
    "nacl",
    "room air",
    "identical",
    "base ",
    "nitrogen",
    "matching",
    " off",
    "deactiv",
    "disconn",
    "therapeutic",
    "simulated",
    "dummy",
    "vehicle",
    "penetrating",
    "non",
    "nonpoint",
    "superficial",
    "minimal",
    "fake",
    "mock",
    "inert",
    "sugar",
    "inactive",
    "detuned",
    "saline",
    "distilled",
    "attention",
    "dextrose",
    "starch",
    "cellulose",
    "maltodextrin",
)
NO_TREATMENT = gated(
    r"\bno[- ](?:(?:further|additional|active|specific|other) )?(?:treatment(?! preference)|therapy|interventions?|exercise|training|supplement\w*|medication|drugs?|"
    r"prophyla\w+|training|implant|stimulation|music|massage|premedication|massage)\b|\bwait(?:ing)?[- ]?list|\bun(?:treated|vaccinated|supplemented|(?:pre)?medicated|sedated|exposed|stimulated|trained|injected|immuni[sz]ed|irrigated|dosed|visited|screened|inoculated)\b|\bnon-?(?:vaccinated|stented|supplemented|exercis\w+|trained)\b|\bnothing\b|\bnon-?treat\w*|"
    r"\bwithout (?:any )?(?:treatment|intervention|supplement\w*|training|therapy|prophylaxis)|\bdelayed[- ](?:treatment|intervention|start)|"
    r"\bnot (?:receive|treated|given)|\bdid not receive|\breceiv\w+ no\b|\bobservation (?:only|alone|group)|\bno[- ]?(?:ne|t)? ?control\b|\bneither\b|\bactive (?:monitoring|surveillance)\b|\bnot (?:offered|invited|exposed|informed)\b|\bnon-?intervention|\bnon-?supplemented|\bwatchful|\bsedentary\b|^none\b|\bpassive controls?\b",
    "no ",
    "no-",
    "wait",
    "untreated",
    "unvaccinated",
    "unsupplemented",
    "unsedated",
    "unmedicated",
    "unpremedicated",
    "uninjected",
    "unimmuni",
    "unirrigated",
    "undosed",
    "unvisited",
    "unscreened",
    "uninoculated",
    "unexposed",
    "unstimulated",
    "untrained",
    "nothing",
    "nonvaccinated",
    "non-vaccinated",
    "nonstented",
    "non-stented",
    "nonsupplemented",
    "non-supplemented",
    "nonexercis",
    "non-exercis",
    "nontrained",
    "non-trained",
    "nontreat",
    "non-treat",
    "nonintervention",
    "non-intervention",
    "without",
    "delayed",
    "not ",
    "observation",
    "watchful",
    "sedentary",
    "passive",
    "none",
    "neither",
    "active ",
)
USUAL = gated(
    r"\b(?:usual|routine|standard|customary|conventional|regular|ordinary|normal|traditional) (?:\w+ ){0,2}?(?:care|practice|management|"
    r"follow-?up|services?|nursing|rehabilitation|prenatal care|supportive care)\b|\bstandard[- ]of[- ]care\b|\b(?:care|treatment)[- ]as[- ]usual\b|\b(?:existing|current|present) (?:\w+ )?(?:care|services?|practice|pathway|management|treatment|system|policy)\b|\bgeneral practitioner care\b|\btau\b|\busual care\b|"
    r"\bstandard (?:medical )?(?:treatment|therapy|therapies|treatments)\b|\broutine (?:treatment|therapy)|\busual (?:treatment|therapy|medical|physical|activit)\w*|\bhabitual (?:diet|activit|lifestyle|care)\w*|"
    r"\bguideline[- ]based (?:usual |medical )?(?:care|treatment|therapy|management)\b|\bsupportive (?:\w+ )?care\b|\b(?:usual|routine|standard|conventional) (?:manner|way|fashion)\b|\bbest supportive care\b|\bstandard supportive|\broutinely\b|\bconventional (?:(?:medical|pain|drug|supportive|physical|nursing|dental|hospital|clinical|outpatient|obstetric) )?(?:treatment|therapy|care)\b|\bas usual\b|\b(?:optimal|best|maximal) (?:medical|available|conservative) (?:therapy|treatment|management|care)\b|\b(?:usual|standard|routine|conventional|regular|traditional) (?:\w+ )?(?:units?|clinics?|wards?|advice|consultations?|visits?|appointments?|monitoring|counsell?ing|education|leaflets?|letters?|information|implementation|procedures)\b|\bcurrent practice\b|\b(?:usual|routine) (?!dose|clinical chem|blood)\w+",
    "usual",
    "existing",
    "habitual",
    "current",
    "present",
    "general pr",
    "routine",
    "standard",
    "customary",
    "conventional",
    "regular",
    "ordinary",
    "normal",
    "traditional",
    "tau",
    "optimal",
    "best",
    "maximal",
    "guideline",
    "supportive",
    "practice",
)
LOOKS_ALIKE = re.compile(
    r"\b(?:cream|ointment|gel|lotion) base\b|\b(?:no|without|zero) (?:\w+ )?(?:emission|current|output|load|irradiation|energy|penetration)\b|\bsame (?:taste|appearance|look)\b|\bcarrier oil\b|\bdecaffeinated\b"
)
"""A device that gives nothing, or what a drug is only carried in."""
MEDICAL = re.compile(
    r"^(?:(?:best|optimal|optimi[sz]ed|maximal|guideline[- ]based) )?(?:medical|conservative|drug) (?:therapy|treatment|management)(?: alone| only| group)?$"
)
"""Care that names no drug, as one arm says it beside a procedure."""
FLUID = re.compile(
    r"\b(?:irrigat\w*|locks?|dressings?|gauze|soak\w*|hydrat\w*|resuscitat\w*|crystalloids?|colloids?|fluids?|flush\w*|lavage|rins\w*|hydroxyethyl|ringer\w*|mannitol|albumin|digestible|helium|heliox)\b"
)
"""Where a salt solution is itself the treatment: it washes, fills or keeps open."""
PRODUCT_WITHOUT = re.compile(
    r"\b(?:lozenges?|gels?|creams?|ointments?|toothpastes?|varnish|drinks?|beverages?|juice|capsules?|tablets?|gum|mouthwash|mouth ?rinse|lotion|bars?|biscuits?|bread|spray|syrup|shampoo|soap|patch|patches|powder|sachets?|pellets?|drops|milk|yogh?urts?)\b (?:\w+ ){0,2}?(?:without|with no|free of)\b"
)
OBSERVED = re.compile(
    r"^(?:(?:clinical|conservative|active|careful|close|simple|regular|watchful|expectant|non-\w+) )?(?:observation|follow-?up|surveillance|monitoring|waiting|expectant management|wait[- ]and[- ]see)"
    r"(?: (?:only|alone|group|arm|control))?(?: \(.{0,20}\))?$|\bwait and see\b|\bwatch and wait\b|\bno-?\w+ group\b|\bdeferral\b|\bexpectant"
)
ADD = re.compile(
    r"\b(?:plus|added|combined with|combin\w+|on top of|addition|adjunct\w*|augment\w*|along with|add-on|together with|as well as|with)\b|\+|&|\u00b1"
)
STRONGLY_ADDED = re.compile(
    r"\bplus\b|\+|\badded\b|\bcombin\w+|\baddition\b|\badjunct\w*|\baugment\w*|\btogether with\b|\bon top of\b"
)
JOINED = re.compile(
    r"\band\b|,|(?<=[a-z]{3})(?<!mcg)/(?=[a-z]{3})|\bfollowed by\b|\bthen\b|\bbefore\b|\bprior to\b|\bafter\b"
    r"|^(?:\w+ )?[a-z]{5,}-(?!\w+(?:ed|ing)\b|dose|term|release|type|free|fat|level|care)[a-z]{5,}(?: (?:group|combination|regimen))?$"
)
ALONE = re.compile(
    r"\balone\b|\bonly\b|\bmonotherapy\b|\bsingle[- ]agent\b|\bsole(?:ly)?\b|\bexclusively\b"
)
WITHOUT = re.compile(r"\bwithout\b|\bwith no\b|, no\b|\bomit")
STOPPED = re.compile(r"\b(?:discontinu|withdraw|stopp|cessation|deprescri)\w*")
CONTINUED = re.compile(r"\b(?:continu|maintain|maintenance)\w*")
BEFORE = re.compile(
    r"^(?:the )?(?:baseline|(?:day|week|month) 0\b|before|pre-?(?:treatment|test|intervention|operative)?\b|values? before|prior)"
)
GENERIC = re.compile(
    r"^(?:the )?(?:control|controls|control group|controlled group|comparison|comparison group|control condition|reference|group (?:[a-z]|\d|i+)|no information|"
    r"control arm|control groups|control subjects|control patients|controlled|other groups?|comparator|(?:control )?\(?c\)? group)s?\.?(?: \(.{0,20}\))?(?: for \d+ \w+)?$"
)
HEALTHY = re.compile(
    r"^(?:the )?(?:\w+ )?(?:healthy|unaffected|(?:age[- ])?(?:and sex[- ])?matched)\b(?: \w+){0,3}$|^normals$|\bnon-?(?:users|smokers|diabetics?|responders|carriers)\b|\bhealthy (?:controls|subjects|volunteers|people)\b"
    r"|\bnormal (?:glucose tolerance|weight|controls|subjects|volunteers)\b"
)
STANDARD = re.compile(
    r"^(?:a |the )?(?:standard|ordinary|conventional|traditional|routine|usual|regular|own|plain)\b"
)
STANDARD_OF = re.compile(
    r"\b(?:standard|conventional|usual|routine) (?:treatment|therapy|regimen)s? (?:of|with|using|consisting of|:) (?:either )?(?P<what>[^,;]{4,})"
)
NO_SUCH = re.compile(
    r"^(?:no|not|non)\b|\b(?:did|do|does|was|were) not\b|^without\b|\((?:no|without)\b|^non(?:disclosure|use)"
)
ATTENTION = re.compile(r"\battention\b")
DOSE_WORD = re.compile(
    r"\bdos(?:e|es|ing|age|ages)\b|\bschedules?\b|\bintervals?\b|\bintensity\b|\bfrequency\b|\bfractionation\b"
)

SHAM_STEMS = frozenset(
    stem(w)
    for w in words_in(
        "placebo sham simulated dummy vehicle matching matched inactive control group capsule "
        "capsules tablet tablets pill pills saline normal solution injection oral sugar water sodium chloride nacl inert"
    )
)
USUAL_STEMS = frozenset(
    stem(w)
    for w in words_in(
        "usual routine standard care alone only control group conventional treatment therapy "
        "regular ordinary traditional plain own"
    )
)
