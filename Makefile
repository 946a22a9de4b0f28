# The tasks live in tasks.py; this only lets `make demo` mean `python3 tasks.py demo`.
.PHONY: demo test check run shots fuzz soak gate mutants bench lock
demo:
test:
check:
demo test check run shots fuzz soak gate mutants bench lock: ; @python3 tasks.py $@ $(ARGS)
