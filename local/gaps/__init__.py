"""What moto 5.2.5 lacks and the template needs, one gap a module, each as if written for moto.

The packages have the names that moto's have. ``patch`` adds a service's gaps, which
``local/patched_moto.py`` calls once.
"""
