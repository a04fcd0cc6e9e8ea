import csv
import sys
import time

from predict import Predict

predict = Predict("Answer with the name of the city in the text.")
for row in csv.DictReader(sys.stdin):
    print(row["id"], predict(row["text"]), sep="\t")
    time.sleep(3)
