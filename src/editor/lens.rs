//! What stands over declarations: parameters, variants, results.
