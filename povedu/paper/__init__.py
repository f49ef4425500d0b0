"""Official papers: one document, written as Word and as PDF in the layout of GB/T 9704-2012.

``document`` holds what a paper says, ``measures`` how it is laid out, ``word`` and ``pdf`` write
it, ``stencil`` builds the Word template that staff may edit in WPS.
"""
