//! What is written beside the text: shapes, dimensions, values.
