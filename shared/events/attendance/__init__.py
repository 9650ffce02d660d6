"""The day of an event and its proofs: who came, who sat where, who watched, and the certificate of it."""
