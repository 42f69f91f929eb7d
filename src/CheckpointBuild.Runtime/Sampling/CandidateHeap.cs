namespace CheckpointBuild.Runtime.Sampling;

/// <summary>Gives ids from the largest logit downwards, of equal logits the lower id first, without sorting those that nobody asks for.</summary>
/// <remarks>A binary heap at the front of the array; what was taken lies behind it, the last taken first.</remarks>
/// <param name="capacity">How many ids there are.</param>
internal sealed class CandidateHeap(int capacity)
{
    private readonly int[] _ids = new int[capacity];
    private float[] _logits = [];
    private int _left;

    /// <summary>How many ids have been taken.</summary>
    public int Taken => _ids.Length - _left;

    /// <summary>An id that was taken.</summary>
    /// <param name="rank">0 for the largest.</param>
    public int this[int rank] => _ids[_ids.Length - 1 - rank];

    /// <summary>Begins anew with all ids.</summary>
    /// <param name="logits">[capacity]; must not change while ids are taken.</param>
    public void Fill(float[] logits)
    {
        _logits = logits;
        _left = _ids.Length;
        for (int id = 0; id < _left; id++)
        {
            _ids[id] = id;
        }

        for (int parent = (_left / 2) - 1; parent >= 0; parent--)
        {
            SiftDown(parent);
        }
    }

    /// <summary>Takes the next id.</summary>
    /// <returns>The id.</returns>
    public int TakeNext()
    {
        int next = _ids[0];
        _left--;
        _ids[0] = _ids[_left];
        _ids[_left] = next;
        SiftDown(0);
        return next;
    }

    private void SiftDown(int parent)
    {
        int id = _ids[parent];
        while (true)
        {
            int child = (2 * parent) + 1;
            if (child >= _left)
            {
                break;
            }

            if (child + 1 < _left && ComesFirst(_ids[child + 1], _ids[child]))
            {
                child++;
            }

            if (!ComesFirst(_ids[child], id))
            {
                break;
            }

            _ids[parent] = _ids[child];
            parent = child;
        }

        _ids[parent] = id;
    }

    private bool ComesFirst(int a, int b) => _logits[a] > _logits[b] || (_logits[a] == _logits[b] && a < b);
}
