//! A search of settings.

use super::Draws;
use crate::content::*;

/// Two settings, three folds, twelve trials in each.
pub(super) fn search(draws: &mut Draws) -> Search {
    let units = ["relu", "tanh"].map(str::to_owned);
    let mut settings = vec![
        SearchedSetting { name: "rate".to_owned(), logarithmic: true, ..SearchedSetting::default() },
        SearchedSetting { name: "unit".to_owned(), choices: units.to_vec(), ..SearchedSetting::default() },
    ];
    let real = ColumnKind::Real { digits: 3 };
    let columns = ["Fold", "rate", "unit"].map(|name| Column::new(name, ColumnKind::Text)).into_iter();
    let columns: Vec<Column> = columns.chain([Column::new("Balanced accuracy", real)]).collect();
    let (mut chosen, mut tried) = (Vec::new(), Vec::new());
    for fold in 0..3 {
        for trial in 0..12 {
            let rate = 1e-4 * 100_f64.powf(draws.uniform());
            let unit = usize::from(draws.uniform() > 0.5);
            let score = 0.7 - 0.05 * (rate.ln() - 1e-3_f64.ln()).powi(2) / 4.0 + 0.02 * draws.uniform();
            let name = format!("fold {}, rate={rate:.2e}, unit={}", fold + 1, units[unit]);
            let of = |value: f64| SearchedTrial { name: name.clone(), value, score, chosen: trial == 4 };
            settings[0].trials.push(of(rate));
            settings[1].trials.push(of(unit as f64));
            let of_fold = format!("fold {}", fold + 1);
            let row =
                vec![of_fold.into(), format!("{rate:.2e}").into(), units[unit].clone().into(), Cell::Number(score)];
            if trial == 4 {
                chosen.push(row.clone());
            }
            tried.push(row);
        }
    }
    Search {
        name: "settings".to_owned(),
        sentences: vec!["12 trials in each of 3 folds, drawn at random, chosen by balanced accuracy.".to_owned()],
        chosen: Table { columns: columns.clone(), rows: chosen },
        tried: Table { columns, rows: tried },
        score: Quantity::plain("balanced accuracy"),
        settings,
    }
}
