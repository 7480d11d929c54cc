-- Erases every stored answer with this digest and returns how many there were; its facts stay.
SELECT lineage.erase_output(:sha256, :reason) AS erased_count
