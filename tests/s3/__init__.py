"""A small S3-compatible server on 127.0.0.1."""
