from callclip.app import run

run()
