"""Uploads and objects in little memory: from the network to the disk and back, block by block."""
