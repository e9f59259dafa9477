//! DEFLATE streams of compressors, of hand and of chance: what zlib makes of them is right.

mod codes;
mod compressed;
mod cut;
mod damage;
mod data;
mod mutated;
mod oracle;
mod parts;
mod pieces;
mod writer;
