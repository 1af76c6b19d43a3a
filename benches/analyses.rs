//! How long analyses take on the CPU, and what they find: `cargo bench -p fascicle-analysis [-- FOLDER [NAME ..]]`.
//!
//! Names are `clusters`, `permutations`, `voxels`, `maps`, `probes` and `intervals`; without one all are run. Tables are made up from
//! one seed. With a folder, tables and what was found are written there, for `benches/peers/analyses.py` to do the same
//! with scikit-learn, scipy and openTSNE on the same numbers and to compare.

use fascicle_analysis as analysis;

use analysis::latent::tsne::tsne;
use analysis::probe::search::{Criterion, Labelled, LogisticProbe, PenaltyKind};
use analysis::{
    AffinityPropagation, Alternative, Bootstrap, Distance, DrawnNumbers, DrawnRanks, GroupStatistic, Permutations,
    distances, mann_whitney_of_maps, permutation_of_groups, quantile,
};
use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use rayon::prelude::*;
use safetensors::tensor::{Dtype, View};
use std::borrow::Cow;
use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

type Outcome = Result<(), Box<dyn Error>>;

/// Numbers for the peer, by name.
struct Kept {
    folder: Option<PathBuf>,
    arrays: Vec<(String, Numbers)>,
}

/// Numbers of double precision with their shape.
struct Numbers {
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
    let mut kept = Kept { folder: arguments.next().map(PathBuf::from), arrays: Vec::new() };
    let wanted: Vec<String> = arguments.collect();
    println!("{} threads", rayon::current_num_threads());
    let benches: [(&str, fn(&mut Kept) -> Outcome); 6] = [
        ("clusters", clusters),
        ("permutations", permutations),
        ("voxels", voxels),
        ("maps", maps),
        ("probes", probes),
        ("intervals", intervals),
    ];
    for (name, bench) in benches {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            bench(&mut kept)?;
            kept.write(name)?;
        }
    }
    Ok(())
}

/// Embeddings as an autoencoder has them: `groups` clouds in a space of 20, seen through `columns` columns.
fn embeddings(rows: usize, columns: usize, groups: usize) -> (Array2<f64>, Vec<usize>) {
    const LATENT: usize = 20;
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut normal = |rows, columns| Array2::from_shape_fn((rows, columns), |_| rng.sample(StandardNormal));
    let (centres, mut latent): (Array2<f64>, Array2<f64>) = (normal(groups, LATENT), normal(rows, LATENT));
    let labels: Vec<usize> = (0..rows).map(|i| i * 7 % groups).collect();
    for (mut row, label) in latent.rows_mut().into_iter().zip(&labels) {
        row.scaled_add(1.5, &centres.row(*label));
    }
    let seen: Array2<f64> = normal(LATENT, columns) / (LATENT as f64).sqrt();
    (latent.dot(&seen) + 0.1 * normal(rows, columns), labels)
}

/// The best of `times`, and what came out.
fn best<T>(times: usize, mut run: impl FnMut() -> T) -> (f64, T) {
    let mut timed = || {
        let start = Instant::now();
        let out = run();
        (start.elapsed().as_secs_f64(), out)
    };
    let first = timed();
    (1..times).fold(first, |best, _| {
        let next = timed();
        if next.0 < best.0 { next } else { best }
    })
}

fn clusters(kept: &mut Kept) -> Outcome {
    let (table, _) = embeddings(974, 1536, 9);
    let (seconds, squared) = best(3, || distances(table.view(), Distance::SquaredEuclidean));
    println!("clusters: distances of 974 x 1,536: {seconds:.3} s");
    let similarities = -squared?;
    let apart = distances(table.view(), Distance::Euclidean)?;
    let between: Vec<f64> = similarities.indexed_iter().filter(|((i, k), _)| i != k).map(|(_, s)| *s).collect();
    let (least, median) = (4.0 * quantile(&between, 0.0)?, quantile(&between, 0.5)?);
    let dampings: Vec<f64> = (0..10).map(|i| 0.5 + 0.05 * f64::from(i)).collect();
    let preferences: Vec<f64> = (0..20).map(|i| least + (median - least) * f64::from(i) / 19.0).collect();
    let method = AffinityPropagation::default();
    let (seconds, found) = best(1, || method.search(similarities.view(), apart.view(), &dampings, &preferences));
    let settings: Vec<(f64, f64)> = dampings.iter().flat_map(|d| preferences.iter().map(|p| (*d, *p))).collect();
    let fitted = settings
        .par_iter()
        .map(|(damping, preference)| {
            AffinityPropagation { damping: *damping, preference: Some(*preference), ..method }
                .cluster(similarities.view())
        })
        .collect::<Result<Vec<_>, _>>()?;
    let rounds: usize = fitted.iter().map(|f| f.rounds).sum();
    println!(
        "clusters: 200 settings, silhouette {:.4}: {seconds:.3} s, {rounds} rounds, {:.3} ms a round",
        found?.silhouette,
        1e3 * seconds / rounds as f64
    );
    kept.table("similarities", &similarities);
    kept.list("dampings", &dampings);
    kept.list("preferences", &preferences);
    let labels: Vec<f64> = fitted.iter().flat_map(|f| f.labels.iter().map(|l| *l as f64)).collect();
    kept.table("labels", &Array2::from_shape_vec((200, 974), labels)?);
    kept.list("rounds", &fitted.iter().map(|f| f.rounds as f64).collect::<Vec<_>>());
    kept.list("seconds", &[seconds]);
    Ok(())
}

fn permutations(kept: &mut Kept) -> Outcome {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let samples: Vec<Vec<f64>> = (0..13).map(|_| (0..974).map(|_| rng.sample(StandardNormal)).collect()).collect();
    let labels: Vec<usize> = (0..974).map(|_| rng.random_range(0..9)).collect();
    let two: Vec<usize> = labels.iter().map(|l| l % 2).collect();
    let how = Permutations { draws: 10_000, seed: 1 };
    for (name, labels, statistic) in [
        ("kruskal_wallis", &labels, GroupStatistic::KruskalWallis),
        ("anova", &labels, GroupStatistic::Anova),
        ("mann_whitney", &two, GroupStatistic::MannWhitney),
        ("welch", &two, GroupStatistic::Welch),
    ] {
        let (seconds, found) = best(3, || permutation_of_groups(&samples, labels, statistic, how, &|| Ok(())));
        let found = found?.into_iter().collect::<Result<Vec<_>, _>>()?;
        println!("permutations: {name}, 10,000 of 974 x 13: {seconds:.3} s");
        kept.list(&format!("{name}_seconds"), &[seconds]);
        kept.list(&format!("{name}_observed"), &found.iter().map(|t| t.observed).collect::<Vec<_>>());
        kept.list(&format!("{name}_p"), &found.iter().map(|t| t.p_value).collect::<Vec<_>>());
    }
    kept.table("samples", &Array2::from_shape_vec((13, 974), samples.concat())?);
    kept.list("labels", &labels.iter().map(|l| *l as f64).collect::<Vec<_>>());
    Ok(())
}

fn voxels(kept: &mut Kept) -> Outcome {
    let voxels = 64 * 64 * 64;
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let maps: Vec<Vec<f32>> = (0..200).map(|_| (0..voxels).map(|_| rng.sample(StandardNormal)).collect()).collect();
    // Half as many digits as a scanner writes: many values are equal.
    let rounded: Vec<Vec<f32>> = maps.iter().map(|m| m.iter().map(|v| (v * 50.0).floor() / 50.0).collect()).collect();
    for (name, maps) in [("distinct", &maps), ("tied", &rounded)] {
        let views: Vec<&[f32]> = maps.iter().map(Vec::as_slice).collect();
        let test = || mann_whitney_of_maps(&views[..100], &views[100..], Alternative::TwoSided);
        let (seconds, found) = best(3, test);
        let found = found?.into_iter().collect::<Result<Vec<_>, _>>()?;
        println!("voxels: Mann-Whitney at 64^3, 100 and 100 maps, values {name}: {seconds:.3} s");
        kept.list(&format!("{name}_seconds"), &[seconds]);
        kept.list(&format!("{name}_u"), &found.iter().map(|t| t.u).collect::<Vec<_>>());
        kept.list(&format!("{name}_p"), &found.iter().map(|t| t.p_value).collect::<Vec<_>>());
    }
    let table = Array2::from_shape_vec((200, voxels), maps.iter().flatten().map(|v| f64::from(*v)).collect())?;
    kept.table("maps", &table);
    Ok(())
}

fn maps(kept: &mut Kept) -> Outcome {
    for (rows, columns) in [(974, 1536), (974, 50), (5000, 50)] {
        let (table, _) = embeddings(rows, columns, 9);
        let (seconds, map) = best(2, || tsne(table.view(), 30.0));
        let map = map?;
        println!("maps: t-SNE of {rows} x {columns}: {seconds:.3} s, divergence {:.4}", map.divergence);
        kept.table(&format!("table_{rows}_{columns}"), &table);
        kept.table(&format!("map_{rows}_{columns}"), &map.coordinates);
        kept.list(&format!("seconds_{rows}_{columns}"), &[seconds, map.divergence]);
    }
    Ok(())
}

fn probes(kept: &mut Kept) -> Outcome {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let table = Array2::from_shape_fn((900, 64), |_| rng.sample::<f64, _>(StandardNormal));
    let by = Array1::from_shape_fn(6, |_| rng.sample::<f64, _>(StandardNormal));
    let labels: Vec<usize> = table
        .rows()
        .into_iter()
        .map(|row| usize::from(row.slice(ndarray::s![..6]).dot(&by) + rng.sample::<f64, _>(StandardNormal) > 0.0))
        .collect();
    let (fitted_on, judged_on) = table.view().split_at(ndarray::Axis(0), 600);
    let training = Labelled { table: fitted_on, labels: &labels[..600] };
    let validation = Labelled { table: judged_on, labels: &labels[600..] };
    for (name, kinds) in [
        ("elastic", vec![PenaltyKind::Elastic]),
        ("squares", vec![PenaltyKind::L2]),
        ("absolute values", vec![PenaltyKind::L1]),
    ] {
        let how = (500, kinds.as_slice(), Criterion::Auc);
        let (seconds, probe) = best(2, || LogisticProbe::search(training, validation, 2, how, 1));
        let auc = probe?.score(validation)?.auc.unwrap_or_default();
        println!("probes: 500 penalties ({name}), 600 x 64: {seconds:.3} s, best AUC {auc:.4}");
        kept.list(&format!("seconds_{name}"), &[seconds, auc]);
    }
    kept.table("table", &table);
    kept.list("labels", &labels.iter().map(|l| *l as f64).collect::<Vec<_>>());
    Ok(())
}

fn intervals(kept: &mut Kept) -> Outcome {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let (rows, width) = (1000, 148);
    let mut table = |width: usize| -> Vec<f64> { (0..rows * width).map(|_| rng.sample(StandardNormal)).collect() };
    let (scores, noise, truth, error) = (table(1), table(1), table(width), table(width));
    let classes: Vec<usize> = scores.iter().zip(noise).map(|(s, n)| usize::from(s + n > 0.0)).collect();
    let probabilities = Array2::from_shape_fn((rows, 2), |(i, class)| {
        let p = 1.0 / (1.0 + (-scores[i]).exp());
        if class == 1 { p } else { 1.0 - p }
    });
    let predicted: Vec<f64> = truth.iter().zip(error).map(|(t, e)| t + e).collect();
    let subjects: Vec<usize> = (0..rows).collect();
    let (seconds, interval) = best(3, || {
        let ranks = DrawnRanks::new(&classes, probabilities.view())?;
        Bootstrap::with_seed(1).interval(&subjects, |rows| Ok(ranks.areas(rows)?[1]))
    });
    let interval = interval?;
    println!("intervals: AUC of 1,000, 2,000 draws: {seconds:.3} s, {:.4} to {:.4}", interval.low, interval.high);
    kept.list("auc", &[seconds, interval.estimate, interval.low, interval.high]);
    let (seconds, interval) = best(3, || {
        let numbers = DrawnNumbers::new(truth.clone(), &predicted, width)?;
        let mean = |values: Vec<analysis::Result<f64>>| -> analysis::Result<f64> {
            Ok(values.into_iter().collect::<analysis::Result<Vec<_>>>()?.iter().sum::<f64>() / width as f64)
        };
        Bootstrap::with_seed(1).interval(&subjects, |rows| mean(numbers.r2(rows)?))
    });
    let interval = interval?;
    println!("intervals: R2 of 1,000 x 148, 2,000 draws: {seconds:.3} s, {:.4} to {:.4}", interval.low, interval.high);
    kept.list("r2", &[seconds, interval.estimate, interval.low, interval.high]);
    kept.list("scores", &scores);
    kept.list("classes", &classes.iter().map(|c| *c as f64).collect::<Vec<_>>());
    kept.table("truth", &Array2::from_shape_vec((rows, width), truth)?);
    kept.table("predicted", &Array2::from_shape_vec((rows, width), predicted)?);
    Ok(())
}

impl Kept {
    fn list(&mut self, name: &str, values: &[f64]) {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.arrays.push((name.to_owned(), Numbers { shape: vec![values.len()], bytes }));
    }

    fn table(&mut self, name: &str, values: &Array2<f64>) {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.arrays.push((name.to_owned(), Numbers { shape: values.shape().to_vec(), bytes }));
    }

    /// Writes what one bench has kept.
    fn write(&mut self, name: &str) -> Outcome {
        let arrays = std::mem::take(&mut self.arrays);
        if let Some(folder) = &self.folder {
            std::fs::create_dir_all(folder)?;
            safetensors::serialize_to_file(arrays, None, &folder.join(format!("{name}.safetensors")))?;
        }
        Ok(())
    }
}

impl View for Numbers {
    fn dtype(&self) -> Dtype {
        Dtype::F64
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}
