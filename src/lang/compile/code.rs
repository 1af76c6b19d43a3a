//! Kinds of mistakes, each with the text that `fascicle explain` prints.

/// Declares the codes: number, severity by first letter, title, explanation.
macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $code:literal, $title:literal, $text:literal;)*) => {
        /// The kind of a mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// `E0312`, or `W0901` for a warning.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// What it is called.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What it means and what can be done, with an example.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

codes! {
    Syntax = "E0101", "text that is not of the language",
        "The text cannot be read as a declaration. The message says what was expected at the place it points to. Each\ndeclaration is read on its own, so errors in the others are told as well.";
    SourceNotRead = "E0102", "a file that cannot be read",
        "`use \"file.fx\".Block` and `extends \"file.fx\"` read another file, relative to the one that names it.";
    SourceCycle = "E0103", "files that extend one another in a circle",
        "`a.fx` extends `b.fx` which extends `a.fx`: there is no first one to start from. Move what both need to a third.";

    UnknownName = "E0201", "a name nobody declared",
        "Every name must be declared in the file, taken with `use`, or be an operator of the language. The nearest known\nname is suggested.";
    UnknownArgument = "E0202", "an argument the function does not have",
        "Arguments are given by position or by name. `fascicle doc NAME` lists them. A name from\nPyTorch, Keras, MONAI or scikit-learn is told with what it is called here.";
    MissingArgument = "E0203", "an argument that must be given",
        "The argument has no default. Give it by position or by name: `Conv3d(16)` or `Conv3d(filters: 16)`.";
    WrongArgument = "E0204", "an argument of the wrong kind or size",
        "The message says what the argument accepts and what it was given.";
    TwiceDeclared = "E0205", "a name declared twice",
        "Order means nothing in a file, so the second declaration cannot replace the first. Rename one; to change a\ndeclaration of another file, `extends` that file and declare the name again in yours.";
    UnknownField = "E0206", "a field that does not exist",
        "Models have their outputs as fields, records their entries, lists `first`, `last`, `init` and `rest`, and a\n`normal` has `mean` and `log_var`.";
    UnknownKey = "E0207", "a key the family does not have",
        "`for m in group { .. }` makes a family with one value for each member. It is indexed by those members only.";
    Circular = "E0208", "a declaration that needs itself",
        "Working out the declaration's value leads back to itself.";
    NotListed = "E0209", "a model that reads an input it does not list",
        "`model m(t1, age) { .. }` says what the model reads. Naming another modality inside is an error, so that the\nhead of the model can be trusted.";
    UnknownClause = "E0210", "a clause that does not exist",
        "Cohorts, stages and sweeps are described by clauses: `keep`, `minimize`, `compare`... The message lists those\nthat can stand there.";
    UnknownMetric = "E0211", "a metric that does not exist",
        "Metrics are named as in scikit-learn: accuracy, balanced_accuracy, precision, recall, f1, auc, confusion, mae,\nmse, r2, pearson, spearman; for images psnr, ssim, dice, norm_diff, cnr, skill.";

    ShapeRefused = "E0301", "an operator that cannot take this shape",
        "The operator's shape rule is not met; the message gives the shapes in the order channels, depth, height, width,\nwithout the batch.";
    ShapeMismatch = "E0302", "shapes that differ where they must agree",
        "Both shapes are shown with the places they come from. `concat` needs all axes but one to agree; `+` needs equal\nshapes, or 1 where they differ.";
    DimensionMismatch = "E0303", "a dimension with two values",
        "A lower-case name in a block's signature is solved once and is then the same everywhere in the block. Here two\ninputs ask for different values.";
    DimensionDivision = "E0304", "a division of dimensions with a remainder",
        "`d/2` in a signature must come out even: 35 voxels cannot be halved. Pad or crop the input to a multiple first.";
    ResultMismatch = "E0305", "a block that does not give what its signature says",
        "The declared result and the computed one are both shown. Either is wrong.";
    RankMismatch = "E0306", "the wrong number of axes",
        "A block's signature fixes how many axes its inputs have: `[c, d, h, w]` is a volume, `[n]` a vector.";
    SharedShape = "E0307", "a module applied to two shapes",
        "A module's input shape is fixed where it is first applied, because its weights depend on it. Make two modules, or\nbring the inputs to one shape.";
    UnknownWidth = "E0308", "a number of columns that only the data know",
        "`vector[_]` takes its width from the table, which cannot be read here. Write the number, or make the table\navailable.";
    WidthMismatch = "E0309", "a table with another number of columns",
        "The type says how many columns there are, the selection gives another number. The message lists what was found.";
    TargetShape = "E0310", "a model whose result does not fit its target",
        "A class target needs one number (logit) for each of its levels, a real target one number, a mask one channel for\neach level.";

    NormalUsed = "E0401", "a Gaussian where numbers are needed",
        "`normal[n]` is a distribution: it can be sampled, fused by `poe`, `moe` or `mopoe`, and compared by `kl`. It\ncannot be concatenated or passed to a layer; use `sample`, or its `.mean`.";
    ClassUsed = "E0402", "a class where numbers are needed",
        "A class is a name, not a quantity. Use `one_hot` (a 0/1 column a level) or `Embedding(n)`.";
    KindMismatch = "E0403", "a value of the wrong kind",
        "The message says what was expected and what was found: a tensor, a module, a list, a number...";
    NotApplied = "E0404", "a module used as a value",
        "`Conv3d(16)` makes a module; it gives a value only when applied: `x |> Conv3d(16)` or `Conv3d(16)(x)`.";
    NotCallable = "E0405", "something called that is no function",
        "Only operators, functions, blocks and modules can be applied.";
    ScalarExpected = "E0406", "a loss that is not one number",
        "What is minimised must be one number for the batch: apply a loss such as `mse(prediction, truth)` and add up.";
    MetricKind = "E0407", "a metric of another kind of truth",
        "Accuracy, F1 and AUC need a class as truth; MSE and correlation need numbers.";
    ConditionNotKnown = "E0408", "a condition that is not known to the compiler",
        "`if` and `match` choose while the graph is being built, by parameters. A value of the data cannot choose.";
    NotExhaustive = "E0409", "a match that leaves cases out",
        "Every option of the parameter needs an arm, or `else`.";
    UnknownOption = "E0410", "a word that is not among the options",
        "The parameter is a `one_of`: only the options in its declaration can be compared or matched.";
    ArithmeticFailed = "E0411", "arithmetic that has no result",
        "A division by zero, or a number too large.";

    AbsentUsed = "E0501", "an absent value where absence has no meaning",
        "A value with `?` is missing for some people. It can go into `poe` and the other mixtures, be pooled over a\nfamily, be replaced (`x ?? zeros`, `x ?? mean`), or be the input of a block, which then gives nothing for those\npeople. It cannot be joined with values that everybody has.";
    NobodyHas = "E0502", "a mixture that may have no member",
        "All experts may be absent at once. Add `prior`, or a modality that everybody has.";
    CoalescePresent = "E0503", "a replacement for something nobody lacks",
        "`??` gives what stands in for an absent value; this one is always there.";
    NotLeftOut = "E0504", "an input left out that the output cannot do without",
        "`without: t1` scores the output as if `t1` had not been measured. That needs an input declared with `?`, and an\noutput that people without it have too: pooled over a family, fused by a mixture, or replaced by `??`.";

    TrainingScored = "E0601", "a score on subjects that trained the model",
        "Scores on training subjects say little. Ask for another subset, or write `on training` to say that it is meant.";
    SubsetUnknown = "E0602", "a subset the protocol does not make",
        "`holdout` exists only where the protocol keeps people out: `kfold(5, holdout: 100)`.";
    TargetRead = "E0603", "a model that reads what it predicts",
        "A target is known in training and unknown in use. A model that reads it has nothing left to predict.";
    SubjectsSplit = "E0604", "scans of one subject on both sides of a split",
        "Splits are by subject. Two rows of one person, or two cohorts that share people, must not be divided.";
    EnsembleBest = "E0615", "the best runs that cannot be told",
        "`ensemble m over repeats, best: 5` takes the five best runs by what they reach on those who validate: by the metric of\n`keep best METRIC`, or by the one that it names (`by: auc`). There must be as many runs, and somebody who validates.";
    ColumnIsTarget = "E0605", "a condition that holds the target",
        "The column that is to be predicted is among the columns that are read.";
    TooManyFolds = "E0606", "more folds than people",
        "Every fold needs somebody to be tested; where people of a group stay together, a whole group.";
    ComparedApart = "E0607", "models that are not judged alike",
        "Models are compared by the same metric, of the same truth, on the same people: each needs a score of it on them, and\nnone may need an input that another does without.";
    CovariateIsTarget = "E0610", "a step that reads the target",
        "`combat(keep: ..)` and `residualize(on: ..)` read a column of everybody they prepare, of those who are tested too.\nThe column that is to be predicted would be told through the others: leave it out there.";

    CohortSource = "E0701", "a cohort that cannot be understood",
        "A cohort is `bids(\"folder\")`, `table(\"file.csv\")` or `phantom(subjects: 100)`.";
    InputSource = "E0702", "an input that cannot be understood",
        "An input is read by `image(\"pattern\")`, `columns(...)` or `column(\"name\")`, of one cohort or of all:\n`c.image(..)` or `image(..)`; or it is `given()` to `fascicle apply`.";
    InputType = "E0703", "a type that does not fit its source",
        "Images are `volume`, `image`, `slices` or `mask`; columns are `vector`; a single column is a `class` or `real`.\nWhat is `given()` has any type, `tensor[..]` too.";
    UnknownColumn = "E0704", "a column the table does not have",
        "The table was read; the nearest name is suggested. `rename name from \"column\"` maps a column that is called\notherwise.";
    CohortData = "E0706", "a cohort whose data cannot be used",
        "The folder or a table of the cohort is not there, cannot be read, has somebody twice, joins nobody, or nobody meets\nits conditions. The message points at the part of the declaration that it concerns.";
    UnknownLevel = "E0707", "a value that nobody has",
        "A condition compares a column with a word that is neither a `param` nor a value in the column. What a condition\nnever meets leaves out everybody, or nobody.";
    Step = "E0705", "a step that cannot be applied here",
        "Images and columns have steps of their own: `zscore` is for images, `standardize` for columns.";

    BaselineInput = "E0708", "an input that a baseline cannot read",
        "Baselines are methods of tables: they read vectors (`columns(..)`), numbers and classes, which become a 0/1 column\nfor each class. Of an image a model makes numbers.";
    BaselineTarget = "E0709", "a target that the method does not predict",
        "A baseline predicts one number or a class. `ridge` and `elastic_net` predict numbers, `logistic` classes, the others\nboth.";
    NoProbabilities = "E0710", "decisions where probabilities are needed",
        "A support vector machine says how far somebody lies on the side of a class, which is no probability: classes can be\ncounted and ranked by it (accuracy, auc), and it cannot be averaged. `logistic` and the others give probabilities.";
    FileMissing = "E0711", "a file that an analysis reads and that is not there",
        "`paint(.., on: \"atlas.nii.gz\", names: \"labels.tsv\")` reads files; paths are relative to the folder in which the\ncommand runs. Where `check` does not find them it warns: they may be elsewhere.";

    CutApart = "E0712", "a mask that is not cut as its scan is",
        "`crop(around: mass, size: [..])` cuts an image around its own centre of mass, and a lesion has another than a head: the\nmask would lie beside what it labels. `crop(around: mass, size: [..], of: t1)` cuts the mask around the centre of the\nscan that it belongs to. The sizes must be equal too.";

    StepNotUndone = "E0721", "a step that cannot be undone",
        "A target may be changed for training: `column(\"age\") |> standardize`. What is predicted of it is brought back to the\nunit of the column before it is scored, so its steps must have a way back: standardize, minmax, log.";

    ParamType = "E0801", "a parameter whose value does not fit its type",
        "`param n: int = 3`: the value, `--set` and every sweep must give a value of the declared type.";
    UnknownParam = "E0802", "a parameter that does not exist",
        "`--set` and `sweep` can only change what a `param` or `group` declares.";
    TooManyVariants = "E0804", "more variants than can be meant",
        "A sweep multiplies its axes. More than 10,000 variants are refused.";
    SweepEmpty = "E0805", "a sweep without values",
        "Give values with `in [..]`; only `one_of` and `bool` parameters can do without.";
    UnknownVariant = "E0806", "a variant that the sweep does not have",
        "`compare auc against film` names the variant that the others are compared with: by the value of what is swept, by a\nlist of the values where several are (`[film, 8]`), or by its name in the results (`\"fusion=film,width=8\"`).";

    SearchSpace = "E0811", "values that cannot be searched",
        "`search s: rate in log(1e-4..1e-2), layers in 1..=4, width in [16, 32], unit { .. }`: a param of numbers within a range,\nevenly or evenly in its logarithm, or one of a list; a `one_of` or a `bool` without `in` may be any of its own.";
    SearchChoice = "E0812", "nothing to choose settings by",
        "`choose mae of m` asks for a metric that has a best value, on validation subjects, who must exist: settings that are\nchosen on test subjects make the test score better than it is. `prune` needs the metric at every epoch.";
    SearchReach = "E0813", "a setting that changes more than a model",
        "A search chooses between networks and ways to train them, by their predictions for the same people. What changes who\nis read, how inputs are prepared, how people are divided, or the shape of what is scored is compared by a `sweep`.";

    NothingToMinimise = "E0851", "a stage that minimises nothing",
        "All terms have weight 0, or none depends on a parameter.";
    NothingToTrain = "E0852", "a stage that moves no parameter",
        "Everything the loss depends on is frozen, or has no parameters.";
    ClauseMissing = "E0853", "a clause that must be given",
        "A stage needs at least `minimize`.";
    StageCycle = "E0854", "stages that wait for one another",
        "`init` and `freeze` order the stages. These wait for one another in a circle.";
    InitMismatch = "E0855", "weights from a module of another shape",
        "`init a from b` copies weights; both modules must have the same layers with the same shapes.";
    Recursion = "E0856", "recursion without end",
        "A block that uses itself must come to an end: give it a parameter that shrinks and an `if` that stops.";
    TooLarge = "E0857", "a program that unrolls to too much",
        "The compiler stops at 100,000 operations or 4 billion numbers in one value.";
    WeightsFile = "E0858", "weights of a file that do not fit",
        "`init m from \"weights.safetensors\"` takes weights by the names they have in this program, in the same shapes.\n`fascicle weights import` brings a PyTorch file into this form.";
    PackedFile = "E0859", "a packed model that cannot be used",
        "`use model m from \"m.fascicle\"` takes a model from a file that `fascicle pack` made. The file is not there, is none of\nthose, was changed or made by another version, or lacks what is asked of it. Pack the run again, or copy the file again.";
    TrainsBesideUsed = "E0860", "a file that uses a packed model and trains",
        "A file with `use model` trains nothing: all its people are new to the model, and nobody is divided. Models, training,\nprotocols and what compares them by runs stand in a file of their own.";
    Patches = "E0861", "patches that cannot be cut",
        "`patches [64, 64, 64]` cuts the images that a stage reads: all of them alike, so that they must have the same\nextents, and a patch must lie within them. An image is padded to the shape that is declared.";
    SeenTwoWays = "E0862", "an image that is seen whole and by patches",
        "A model's inputs have one shape. What one stage reads by patches, every stage reads by patches of that size;\ndeclare the image a second time, under another name, for a model that sees it whole.";
    NoMap = "E0863", "something of the whole person, asked of a patch",
        "A model that is trained by patches predicts a whole image window by window, so that what is asked of it has a\nvalue at each voxel of a patch. One number, a class or a vector of a person needs a model of whole images.";

    UnusedParam = "W0901", "a parameter that changes nothing",
        "Nothing reads the parameter. Remove it, or use it.";
    UnusedInput = "W0902", "an input that nothing reads",
        "The modality, condition or target is declared and read by no model, loss, score or analysis.";
    UnusedBlock = "W0903", "a block or loss that nothing uses",
        "Nothing uses the declaration.";
    NoTraining = "W0904", "a model that nothing trains",
        "There is no `train` for the model: it would run with random weights.";
    NoScore = "W0905", "a file without questions",
        "Nothing is scored or analysed: the run would train and say nothing.";
    ProbeOfInput = "W0906", "a probe of what the model was given",
        "The column that the probe tells is among the inputs of the embedding. That it can be told says that the model keeps it, not that it found it in the other data.";
    LogitsExpected = "W0907", "probabilities where a loss takes logits",
        "`cross_entropy`, and `binary_cross_entropy` with `logits: true`, make probabilities of what they are given. Behind\n`softmax` or `sigmoid` they would do so twice, and hardly any gradient is left.";
    LinearOverSpace = "W0908", "a linear layer along an axis of space",
        "`Linear` maps the last axis, which for an image is its width: the layer would mix the columns of the image and\nnothing else. Make a vector first, by `flatten` or `global_avg_pool`.";
    NormalisedOutput = "W0909", "a normalisation right before the loss",
        "A normalisation as the last layer sets the mean and the spread of the prediction, whatever comes in: of a batch,\nof a subject or of a channel. Let a layer follow it.";
    BestDiscarded = "W0910", "best weights that are thrown away",
        "`stop early(patience: n)` ends a stage n epochs after the best one. `keep last` then keeps the weights of the last,\n`keep best`, which holds where nothing is said, those of the best.";
    NothingAugmented = "W0911", "an augmentation that changes nothing",
        "`augment` changes images while training. A stage that reads columns alone has none.";
    ConvolutionOrder = "W0912", "a convolution in the order of another framework",
        "PyTorch's `Conv3d(1, 16, 3)` is one channel in, 16 out, with a kernel of 3. Here what comes in is known, and the\norder is filters, kernel, stride: `Conv3d(16, kernel: 3)`.";
    DataNotHere = "W0951", "data that are not here",
        "The folder or the table that a cohort names, or a file that an analysis reads, is not here, so that what depends on it\nis not checked. It is an error to `run`, and to `check --data`.";
    ValueOfNobody = "W0952", "a value that nobody has",
        "The condition is as it is written, and no cell has the value: it leaves out everybody, or nobody.";
    CellsMissing = "W0953", "people left out for a missing cell",
        "Who lacks a cell of a required input is left out. `missing: mean` (or `iterative`) fills in what is missing, from\nthe training people of each fold; `vector[n]?` keeps those who lack it, for models that can do without.";
    TargetMissing = "W0954", "a target that most people lack",
        "People without the target train nothing that needs it and are in none of its scores.";
    FewOfClass = "W0955", "a class with fewer people than folds",
        "Some test folds will have nobody of the class: what compares classes (auc, recall) is not defined there.";
    FoldOfOne = "W0956", "a fold of one person",
        "`leave_out(site)` judges each model on the people of one site. Of a single person there is no auc, no r2 and no\nspread: such scores are missing in that fold, and the means are over the others.";
    FewOfSite = "W0957", "a site with too few people for the folds",
        "`combat` learns the spread of a site from at least two training people. Some fold has fewer of this one, and ends\nthere. Leave the site out, stratify the folds by it, or have fewer or larger folds.";
}

impl Code {
    /// Whether it is a warning.
    pub fn is_warning(self) -> bool {
        self.code().starts_with('W')
    }

    /// The code spelled so, in either case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.code().eq_ignore_ascii_case(text.trim()))
    }
}
