"""Words that say how a treatment is given: how much, when, by which route, where, in which form.

A general list, made by thinking of opposites (warm and cold, home and hospital, oral and topical);
it knows no treatment and no disease. A word has one dimension, the commonest.
"""

from __future__ import annotations

from evidence.appraisal.lexicon import words_in

_DIMENSIONS = {
    "amount": (
        "adequate aggressive basic bolus bright chilled coated cold complex concentrated conservative "
        "conventional cooked cool cooled cuffed deep dense dilute diluted dim double dry exhaustive "
        "extra faint fat few firm flat fresh frozen full greater half hard heated heavy high higher "
        "hot humidified hyperbaric hypercaloric hypertonic hypobaric hypocaloric hypothermic "
        "hypotonic increased intensive isobaric isocaloric isotonic large less lesser liberal libitum "
        "light limited loading loose loud low lower macro many maximal maximum medium micro mild "
        "mildly mini minimal minimum moderate moderately moist more multiple narrow nonhumidified "
        "normal normothermic optimal plain quiet raw reduced restricted restrictive rigid room "
        "saturated short simple single skim skimmed small soft sparse standard strict strong "
        "submaximal superficial supramaximal temperature tepid thick thin threshold tight tiny triple "
        "ultra uncuffed undiluted unheated unlimited unsaturated usual vigorous vigorously warm weak "
        "wet whole wide"
    ),
    "time": (
        "adjuvant advance after antenatal antepartum autumn bedtime before concomitant concurrent "
        "consolidation dawn daytime deferred delayed demand diurnal dusk earlier early elective "
        "emergency evening fasted fasting fed final follicular immediate immediately induction "
        "initial interim interval intraoperative intraoperatively intrapartum late later luteal "
        "maintenance midcycle midday morning neoadjuvant night nightly nighttime nocturnal noon "
        "overnight perioperative peripartum post postincision postnatal postoperative postoperatively "
        "postpartum postprandial posttreatment pre preemptive prehospital preincision premature "
        "prenatal preoperative preoperatively preprandial pretreatment prior prn prompt prophylactic "
        "rescue salvage scheduled sequential simultaneous spring staged subacute summer timely "
        "upfront urgent weekday weekend winter"
    ),
    "frequency": (
        "alternate annual annually bd biannual bid bimonthly biweekly daily every fewer fortnightly "
        "frequent hourly hs intermittent massed monthly multi od often once q2w q3w qd qds qid "
        "quarterly qw repeat repeated seldom semiannual spaced tds thrice tid trimonthly twice weekly "
        "yearly"
    ),
    "length": (
        "abrupt acting brief controlled day days extended fast gradual hour hours indefinite lifelong "
        "long longer minute minutes modified month months permanent prolonged quick rapid release "
        "rush second seconds shorter slow stepwise sustained taper tapered tapering temporary "
        "transient untapered week weeks year years"
    ),
    "route": (
        "aerosol aerosolised aerosolized buccal caudal chewed drops duodenal enema enteral epidural "
        "extraamniotic gastric im infiltration inhaled injectable injected injection intraarterial "
        "intraarticular intracameral intracervical intradermal intralesional intramuscular "
        "intramuscularly intranasal intraosseous intraperitoneal intrapleural intrathecal "
        "intraumbilical intrauterine intravaginal intravascular intravenous intravenously "
        "intravesical intravitreal iv jejunal nasal nasoduodenal nasogastric nasojejunal nebulised "
        "nebulized oral orally orogastric parenteral percutaneous peribulbar perilesional perineural "
        "pessary po rectal retrobulbar sc spray subacromial subconjunctival subcutaneous "
        "subcutaneously sublingual subtenon suppositories suppository swallowed systemic topical "
        "topically transabdominal transcervical transcutaneous transdermal transfemoral transnasal "
        "transoral transradial transvaginal vaginal"
    ),
    "place": (
        "ambulatory anterior apical aquatic basal bedside bilateral center central centralized centre "
        "cervical clinic community contralateral cranial decentralized distal distant domiciliary "
        "dominant dorsal endocardial epicardial external extracorporeal extrafascial extraperitoneal "
        "field home hospital indoor inferior inpatient internal intraabdominal intracorporeal "
        "intrafascial ipsilateral laboratory land lateral left lithotomy local lumbar medial midline "
        "nondominant office offsite onsite outdoor outpatient palmar peripheral plantar posterior "
        "prone proximal remote retroperitoneal right rural septal sitting superior supine thoracic "
        "transperitoneal transverse unilateral upper upright urban ventral village ward workplace "
        "worksite"
    ),
    "form": (
        "acetate adjuvanted amorphous ampoule anhydrous attenuated baked base besylate biosimilar "
        "bisulfate bivalent blister boiled bottles brand branded buffered canned capsule capsules "
        "chewable citrate combination conjugate conjugated cream crushed crystalline device "
        "dispersible dried effervescent emulsion encapsulated enteric ester estolate ethyl "
        "ethylsuccinate extract extracted fermented film fixed foam formulation fumarate gel generic "
        "granulated granules ground hcl hydrochloride hydrolysate hydrolysed hydrolyzed inactivated "
        "inhaler innovator isolate juice liposomal liquid live lotion lozenge lyophilized maleate "
        "mash mesylate micronised micronized mofetil monohydrate monovalent nanoparticle natural "
        "nebulizer ointment originator packaging patch peeled pegylated pelleted pellets pen "
        "phosphate powder prefilled preservative preserved puree quadrivalent reference refined "
        "roasted salt separate sliced solution spacer stearate succinate sulfate sulphate suspension "
        "synthetic syrup tablet tablets tartrate thawed thimerosal triglyceride trivalent turbuhaler "
        "unadjuvanted unbuffered unconjugated unfermented unrefined vial vitrified wafer"
    ),
    "manner": (
        "absolute alternating animated anodal anonymous antegrade anterograde app assisted "
        "attentional audiovisual auditory automated automatic backward barefoot binocular biphasic "
        "bipolar blind block blocked cathodal closed clustered colored colour coloured computer "
        "computerized concentric conditional constant continuous covert cyclic cyclical decentralised "
        "decubitus didactic distributed doctor dual dynamic eccentric electric electro electronic "
        "email explicit face flexed flexible focus forward framed freehand friend graphical group "
        "guided handheld handwritten hidden illustrated imagined impersonal implicit individual "
        "individualised individualized infusion interactive internet interrupted involuntary "
        "isokinetic isometric landmark lay linear loaded lying mail mailed mandatory manual "
        "mechanical midwife monocular monophasic monopolar moving multimedia named narrated navigated "
        "navigation negative negatively neutral numerical nurse online open ordered overt paired "
        "paper parallel parent passive patient peer personal personalised personalized pharmacist "
        "phone physician plyometric portable positive positively postal print printed progressive "
        "psychologist pulsatile pulsed random reclined recumbent relative retrograde reverse reversed "
        "robot rolling running sealed seated self semistructured sequence sequentially serial series "
        "smartphone sms staff standardised standardized standardly standing static stationary stepped "
        "structured supervised symptom tactile tailored target teacher team telephone text therapist "
        "tilted triggered typed unassisted unconditional unguided unipolar unloaded unpaired unsealed "
        "unstructured unsupervised untailored variable verbal video virtual visible visual voluntary "
        "web weighted written"
    ),
    "extent": (
        "accelerated complete entire fractionated hyperfractionated hypofractionated partial regional "
        "total"
    ),
}
DIMENSION_OF = {word: name for name, words in _DIMENSIONS.items() for word in words_in(words)}
"""A word of manner to its dimension."""
