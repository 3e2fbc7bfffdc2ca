"""`make bench`: how long what takes (`make performance`), and how well what chooses, scores and
keeps data does over many repetitions (`make trials`)."""
