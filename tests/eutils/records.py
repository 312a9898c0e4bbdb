"""Invented PubMed records: many of them, cheap, and the same for the same seed.

Nothing here is taken from a real record: words are drawn from small lists, names are made up.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from xml.sax.saxutils import escape

TOPICS = ("needling of the back", "stretching of the neck", "warm packs for the knee")
NOUNS = ("walkers", "gardeners", "clerks", "dancers", "drivers", "bakers", "weavers", "sailors")
VERBS = ("reported", "described", "showed", "kept", "lost", "regained")
TYPES = ("Journal Article", "Randomized Controlled Trial", "Systematic Review")
FIRST_DAY = date(2001, 1, 1)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the invented PubMed."""

    pmid: int
    title: str
    abstract: str
    crdt: date
    edat: date
    mdat: date
    published: date
    types: tuple[str, ...] = ("Journal Article",)
    mesh: tuple[str, ...] = ()
    author: str = "Pell"
    journal: str = "Annals of Invented Medicine"
    language: str = "eng"
    registered: str | None = None
    links: tuple[tuple[str, int], ...] = field(default=())
    """RefType and PMID of comments and corrections."""

    def changed(self, **values: object) -> Record:
        """Return the record with other values."""
        return replace(self, **values)

    def xml(self) -> str:
        """Return the record as EFetch gives it."""
        return _ARTICLE.format(
            pmid=self.pmid,
            revised=_day(self.mdat),
            published=_day(self.published),
            title=escape(self.title),
            abstract=escape(self.abstract),
            author=escape(self.author),
            journal=escape(self.journal),
            language=self.language,
            databanks=_DATABANK.format(self.registered) if self.registered else "",
            types="".join(
                f'<PublicationType UI="">{escape(t)}</PublicationType>' for t in self.types
            ),
            links=_links(self.links),
            mesh=_mesh(self.mesh),
            entrez=_day(self.crdt),
            pubmed=_day(self.edat),
        )


def invent_records(
    n: int, *, seed: int = 1, first: date = FIRST_DAY, last: date = date(2026, 9, 30)
) -> list[Record]:
    """Return n records with PMIDs from 100001, created between two days."""
    chance = random.Random(seed)
    days = (last - first).days
    records = []
    for i in range(n):
        created = first + timedelta(days=chance.randrange(days + 1))
        revised = min(last, created + timedelta(days=chance.randrange(400)))
        noun, verb = chance.choice(NOUNS), chance.choice(VERBS)
        topic = TOPICS[i % len(TOPICS)]
        records.append(
            Record(
                100_001 + i,
                f"Trial {i} of {topic} in {noun}",
                f"In study {i} the {noun} {verb} less ache after {topic}. "
                + " ".join(f"{chance.choice(NOUNS)} {chance.choice(VERBS)} it." for _ in range(20)),
                created,
                created,
                revised,
                created,
                types=("Journal Article", TYPES[i % len(TYPES)]) if i % 3 else ("Journal Article",),
                mesh=("Invented Needling",) if topic == TOPICS[0] else (),
                registered=f"NCT{90_000_000 + i}" if i % 10 == 0 else None,
            )
        )
    return records


def _day(day: date) -> str:
    return f"<Year>{day.year}</Year><Month>{day.month:02}</Month><Day>{day.day:02}</Day>"


def _mesh(mesh: tuple[str, ...]) -> str:
    headings = "".join(
        f'<MeshHeading><DescriptorName UI="D0" MajorTopicYN="N">{escape(name)}</DescriptorName>'
        "</MeshHeading>"
        for name in mesh
    )
    return f"<MeshHeadingList>{headings}</MeshHeadingList>" if mesh else ""


def _links(links: tuple[tuple[str, int], ...]) -> str:
    items = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>Ann Invent Med. 2026;1:1</RefSource>'
        f'<PMID Version="1">{pmid}</PMID></CommentsCorrections>'
        for kind, pmid in links
    )
    return f"<CommentsCorrectionsList>{items}</CommentsCorrectionsList>" if links else ""


_DATABANK = (
    '<DataBankList CompleteYN="Y"><DataBank><DataBankName>ClinicalTrials.gov</DataBankName>'
    "<AccessionNumberList><AccessionNumber>{}</AccessionNumber></AccessionNumberList></DataBank>"
    "</DataBankList>"
)
_ARTICLE = (
    '<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>'
    "<DateRevised>{revised}</DateRevised>"
    '<Article PubModel="Print"><Journal><ISSN IssnType="Print">0000-0000</ISSN>'
    '<JournalIssue CitedMedium="Print"><Volume>1</Volume><PubDate>{published}</PubDate>'
    "</JournalIssue><Title>{journal}</Title></Journal><ArticleTitle>{title}</ArticleTitle>"
    "<Abstract><AbstractText>{abstract}</AbstractText></Abstract>"
    '<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>{author}</LastName>'
    "<ForeName>Ada</ForeName><Initials>A</Initials></Author></AuthorList>"
    "<Language>{language}</Language>{databanks}<PublicationTypeList>{types}</PublicationTypeList>"
    "</Article><MedlineJournalInfo><Country>Nowhere</Country><MedlineTA>Ann Invent Med</MedlineTA>"
    "</MedlineJournalInfo>{links}{mesh}</MedlineCitation><PubmedData><History>"
    '<PubMedPubDate PubStatus="pubmed">{pubmed}</PubMedPubDate>'
    '<PubMedPubDate PubStatus="entrez">{entrez}</PubMedPubDate></History>'
    "<PublicationStatus>ppublish</PublicationStatus><ArticleIdList>"
    '<ArticleId IdType="pubmed">{pmid}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>'
)
