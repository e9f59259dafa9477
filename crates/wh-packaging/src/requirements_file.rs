//! Requirements files, with pip's grammar.
