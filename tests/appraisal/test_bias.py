"""What an abstract says of how a trial was run, hostile wordings too; every text is invented."""

import pytest

from evidence.appraisal.bias import SIGNALS, find_bias_signals
from evidence.appraisal.sentences import split_passage
from evidence.vocabulary import SignalState

STATED, ABSENT, SILENT = (
    SignalState.STATED,
    SignalState.STATED_ABSENT,
    SignalState.NOT_ASSESSABLE,
)
CASES = [
    ("sequence", STATED, "Lots came from a computer-generated list."),
    ("sequence", STATED, "Randomization codes were kept by a clerk."),
    ("sequence", STATED, "They were randomised in permuted blocks."),
    ("sequence", STATED, "Bakers were randomized in blocks of four."),
    ("sequence", STATED, "Assignment was by minimization."),
    ("sequence", STATED, "Groups were formed by coin toss."),
    ("sequence", STATED, "Randomisation was stratified by oven."),
    ("sequence", ABSENT, "A quasi-randomized trial."),
    ("sequence", ABSENT, "Bakers were allocated alternately."),
    ("sequence", ABSENT, "They were assigned by date of birth."),
    ("sequence", ABSENT, "A non-randomised controlled study."),
    ("sequence", ABSENT, "Treatment was not randomized."),
    ("sequence", SILENT, "Computer-generated faces were shown."),
    ("sequence", SILENT, "A nerve block randomized trial."),
    ("sequence", SILENT, "Cost minimisation was the aim."),
    ("sequence", SILENT, "Randomized trials and nonrandomized comparisons disagree."),
    ("sequence", SILENT, "Minimization of harm matters."),
    ("sequence", SILENT, "Bakers were randomly assigned."),
    ("concealment", STATED, "Allocation was concealed."),
    ("concealment", STATED, "Sealed, opaque envelopes held the lots."),
    ("concealment", STATED, "Concealed allocation was used."),
    ("concealment", STATED, "Central telephone randomization was used."),
    ("concealment", STATED, "An interactive voice response system gave the arm."),
    ("concealment", ABSENT, "The allocation was not concealed."),
    ("concealment", ABSENT, "There was no allocation concealment."),
    ("concealment", ABSENT, "Allocation concealment was inadequate."),
    ("concealment", ABSENT, "Allocation was unconcealed."),
    ("concealment", SILENT, "Concealment of pain is common at work."),
    ("concealment", SILENT, "An interactive web-based course was given."),
    ("concealment", SILENT, "Central obesity was measured."),
    ("concealment", SILENT, "Envelopes were posted to all."),
    ("blinding of participants", STATED, "A double-blind trial."),
    ("blinding of participants", STATED, "Participants were unaware of the packs."),
    ("blinding of participants", STATED, "A single-blind trial."),
    ("blinding of participants", STATED, "Patients and bakers were blinded to the pack."),
    (
        "blinding of participants",
        STATED,
        "An open-label extension followed the double-blind trial.",
    ),
    ("blinding of participants", ABSENT, "An open-label trial."),
    ("blinding of participants", ABSENT, "The patients were not blinded."),
    ("blinding of participants", ABSENT, "Neither patients nor clerks were blinded."),
    ("blinding of participants", ABSENT, "Blinding was not possible."),
    ("blinding of participants", ABSENT, "Participants could not be blinded."),
    ("blinding of participants", ABSENT, "An unblinded trial."),
    ("blinding of participants", ABSENT, "A non-blinded trial."),
    ("blinding of participants", ABSENT, "A randomised, open, controlled trial."),
    ("blinding of participants", ABSENT, "The study was not blinded."),
    ("blinding of participants", ABSENT, "A trial without blinding."),
    ("blinding of participants", SILENT, "Legal blindness was frequent."),
    ("blinding of participants", SILENT, "Patients wore a mask."),
    ("blinding of participants", SILENT, "We saw open wounds."),
    ("blinding of participants", SILENT, "An assessor-blind trial."),
    ("blinding of participants", SILENT, "A single-blind (assessor) trial."),
    ("blinding of participants", SILENT, "Unblinded assessors took part."),
    ("blinding of assessors", STATED, "A double-blind trial."),
    ("blinding of assessors", STATED, "An assessor-blinded trial."),
    ("blinding of assessors", STATED, "Outcome assessors were masked."),
    ("blinding of assessors", STATED, "Pain was rated by blinded evaluators."),
    ("blinding of assessors", STATED, "The outcome was assessed by an observer blind to the arm."),
    ("blinding of assessors", STATED, "A prospective, open-label, blinded-endpoint trial."),
    ("blinding of assessors", ABSENT, "Assessors were not blinded."),
    ("blinding of assessors", ABSENT, "Unblinded assessors took part."),
    ("blinding of assessors", ABSENT, "Neither patients nor assessors were masked."),
    ("blinding of assessors", SILENT, "An open-label trial."),
    ("blinding of assessors", SILENT, "Observers wore masks."),
    ("blinding of assessors", SILENT, "Patients were blinded."),
    ("intention to treat", STATED, "Analysis was by intention to treat."),
    ("intention to treat", STATED, "In the modified intention-to-treat population pain fell."),
    ("intention to treat", STATED, "The ITT population had 80 bakers."),
    ("intention to treat", ABSENT, "There was no intention-to-treat analysis."),
    ("intention to treat", ABSENT, "It was not analysed by intention to treat."),
    ("intention to treat", ABSENT, "A completer analysis was done."),
    ("intention to treat", SILENT, "An ITT (insulin tolerance test) was done."),
    ("intention to treat", SILENT, "Per-protocol and other analyses agreed."),
    ("attrition", STATED, "Three bakers were lost to follow-up."),
    ("attrition", STATED, "Two patients withdrew."),
    ("attrition", STATED, "There were five drop-outs."),
    ("attrition", STATED, "Of 80, 70 completed the study."),
    ("attrition", STATED, "The retention rate was 90%."),
    ("attrition", STATED, "There were no withdrawals due to harm; 4 dropped out."),
    ("attrition", ABSENT, "There were no dropouts."),
    ("attrition", ABSENT, "No patient was lost to follow-up."),
    ("attrition", ABSENT, "All patients completed the trial."),
    ("attrition", ABSENT, "No patients withdrew."),
    ("attrition", SILENT, "Alcohol withdrawal was treated."),
    ("attrition", SILENT, "Paw withdrawal thresholds rose."),
    ("attrition", SILENT, "Urinary retention was rare."),
    ("attrition", SILENT, "Withdrawal symptoms were rare."),
    ("attrition", SILENT, "Not much happened."),
    ("registration", STATED, "Registered at ClinicalTrials.gov."),
    ("registration", STATED, "NCT01234567."),
    ("registration", STATED, "Trial registration: ISRCTN12345678."),
    ("registration", STATED, "jRCTs031200001."),
    ("registration", ABSENT, "The trial was not registered."),
    ("registration", ABSENT, "Trial registration: none."),
    ("registration", SILENT, "Registered nurses took part."),
    ("registration", SILENT, "We searched ClinicalTrials.gov."),
]


def state_of(signal, text):
    found = {s.signal: s for s in find_bias_signals(split_passage("Packs for bakers", text))}
    return found[signal]


@pytest.mark.parametrize(("signal", "state", "text"), CASES)
def test_a_signal_has_the_state_that_the_words_give(signal, state, text):
    found = state_of(signal, text)
    assert found.state == state
    assert (found.sentence is None) == (state == SILENT)


def test_an_open_phase_of_a_blinded_trial_does_not_open_the_trial():
    text = "After open-label titration, bakers entered a double-blind comparison."
    assert state_of("blinding of participants", text).state == STATED


def test_an_open_trial_with_a_blinded_substudy_is_open():
    text = "An open-label, randomised trial with a double-blind substudy."
    assert state_of("blinding of participants", text).state == ABSENT


def test_every_signal_is_told_once_and_silence_is_never_absence():
    found = find_bias_signals(split_passage("Packs", "We asked bakers."))
    assert tuple(s.signal for s in found) == SIGNALS
    assert {s.state for s in found} == {SILENT}
