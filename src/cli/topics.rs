//! What `fascicle explain` says beside codes: how something that many want is done.

/// A question and its answer.
pub(super) struct Topic {
    /// What it is called.
    pub name: &'static str,
    /// In a line.
    pub title: &'static str,
    /// Words by which it is asked for, too.
    pub words: &'static [&'static str],
    pub answer: &'static str,
}

/// All topics.
pub(super) const TOPICS: &[Topic] = &[
    Topic {
        name: "new people",
        title: "apply a trained model to people it never saw",
        words: &["apply to new people", "new subjects", "new patients", "apply", "predict", "deploy", "inference"],
        answer: "\
A finished run is packed into one file, which holds the network, the weights of every fold, seed and repeat and all that was
fitted on training people, and no subject's data:

  fascicle pack runs/normative_thickness --model norm -o norm.fascicle
  fascicle predict norm.fascicle                                     what it needs: columns, images, classes
  fascicle predict norm.fascicle --data clinic.csv -o predicted      predictions with their spread over runs, masks

To ask anything else of them (deviations, tests, scores where the truth is known), a file uses the model and trains nothing:

  use model norm from \"norm.fascicle\"
  cohort controls = table(\"controls.csv\")
  cohort patients = table(\"patients.csv\")
  analysis ill = normative_deviation(norm, reference: controls, cases: patients)
  analysis regions = one_sample_t(ill.z, correct: fdr)

A cohort that does not fit (a missing column, an unknown class, a site that nobody trained on, other voxels) is told by name.
People who are known already are added as a cohort of the file that trained; who is only judged retrains nothing:

  cohort clinic = table(\"clinic.csv\")
  score m on clinic: mae",
    },
    Topic {
        name: "search",
        title: "choose settings without choosing on those who judge",
        words: &["hyperparameters", "tuning", "settings", "optuna", "grid search", "nested cross-validation"],
        answer: "\
A search tries settings in every fold by itself, chooses on its validation people, and is judged on its test people:

  param rate: real = 1e-3
  param width: int = 16
  search settings: rate in log(1e-4..1e-2), width in [16, 32, 64] {
    choose mae of m
    trials 30
    sampler tpe(startup: 10)      or random, where nothing is said
    prune median(warmup: 5)       trials that are behind are given up
  }

A sweep judges each of its variants on the test people; who reports the best of them has chosen on those who judge.
search.tsv in the run's folder holds every trial; a run that was interrupted goes on, and more trials are added to those there are.",
    },
    Topic {
        name: "sites",
        title: "many scanners: harmonise them, or hold one out",
        words: &["scanners", "combat", "harmonise", "harmonize", "multisite", "batch effects"],
        answer: "\
Whether a model carries over to a scanner that nobody trained on is asked by leaving sites out:

  protocol scanners = leave_out(site, validation: 0.15)

Where every site trains, what sites add to columns is taken away, fitted on training people:

  modality cortex: vector[_] = columns(/_thickness$/ |> combat(by: site, keep: [age, sex]) |> standardize)
  protocol cv = kfold(5, stratify: [site])

What is predicted can be neither kept nor taken away (E0610).",
    },
    Topic {
        name: "missing data",
        title: "people who lack a scan, a cell or the target",
        words: &["absence", "missing", "lacks", "incomplete"],
        answer: "\
A modality that some people lack is declared with `?`, and what is made of it exists for those who have it:

  modality pet: volume[1, 64, 64, 64]? = people.image(\"pet/*_pet.nii.gz\")

Say what stands in (`x ?? zeros`, `x ?? mean`), fuse what there is (`poe`, `moe`), or pool over a family (`mean(for m in parts { .. })`).
Missing cells of a table are filled in by `columns(.., missing: mean)`, with `flags: true` for columns that say where. Who lacks what is
required is left out, with the reason: `fascicle check` prints it, flow.tsv keeps it.",
    },
];

/// The topic that is asked for.
pub(super) fn find(asked: &str) -> Option<&'static Topic> {
    let plain = |text: &str| text.to_lowercase().replace(['-', '_'], " ");
    let asked = plain(asked);
    TOPICS.iter().find(|topic| topic.name == asked || topic.words.iter().any(|word| *word == asked))
}
