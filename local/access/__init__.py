"""Rights, enforced as IAM does it: roles that services assume, and what the roles allow."""
