"""NAME_report.html: the page that people open first."""
