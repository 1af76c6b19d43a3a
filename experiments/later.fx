/// Patients who came later, seen by the model that was trained in spring.
///
/// The model is that of normative_thickness.fx, packed: program, weights of every run, fitted scaling, and what the
/// residuals of the reference were; no subject's data. Nothing here trains. Patients with early schizophrenia are
/// compared with the controls of their own scanner, and with the people whom the model came with; how often deviations
/// are extreme is told region by region (Marquand et al. 2016; Wolfers et al. 2018), and painted into an atlas.
///
/// fascicle run normative_thickness.fx --set data=FOLDER
/// fascicle pack runs/normative_thickness --model norm -o norm.fascicle
/// fascicle run later.fx --set data=FOLDER --set atlas=ATLAS.nii.gz --set names=LABELS.tsv
///
/// FOLDER has the tables of normative_thickness.fx. The atlas is any image of FreeSurfer's labels on a grid of its own:
/// an aseg.mgz converted to NIfTI, or a training map of SynthSeg; later_labels.tsv names those that are painted.
use model norm from packed

param packed: text = "norm.fascicle"
param data: text = "data/normative"
param atlas: text = "data/atlas/aseg.nii.gz"
param names: text = "experiments/later_labels.tsv"

cohort controls = table(data + "/NIMH_controls_v1.csv") {
  rename eTIV from "EstimatedTotalIntraCranialVol"
}

cohort patients = table(data + "/NIMH_patients_v1.csv") {
  rename eTIV from "EstimatedTotalIntraCranialVol"
}

// How far each patient's regions are from those of the controls; which regions differ; how many patients are extreme.
analysis ill = normative_deviation(norm, reference: controls, cases: patients)
analysis regions = one_sample_t(ill.z, correct: fdr)
analysis often = frequency(ill.z, beyond: 1.96)

// The same of the controls themselves, against the people whom the model came with: what another scanner does.
analysis scanner = normative_deviation(norm, cases: controls)
analysis of_scanner = one_sample_t(scanner.z, correct: fdr)

analysis map = paint(regions.t, on: atlas, names: names)
analysis map_often = paint(often.share, on: atlas, names: names)

// How well another site is reconstructed, in the units of the scaling.
score norm.recon on controls: mse
score norm.recon on patients: mse
