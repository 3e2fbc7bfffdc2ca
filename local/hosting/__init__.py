"""Models behind endpoints and in transform jobs: processes with the image's serving contract."""
