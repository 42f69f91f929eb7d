namespace CheckpointBuild.Tokenizers.Splitting;

/// <summary>Joins the found and unfound parts of a text to pieces, as a split's behaviour says. Holds back one part, since it may still grow.</summary>
/// <param name="behavior">The behaviour.</param>
internal struct PartJoiner(SplitBehavior behavior)
{
    private int _start;
    private int _end;
    private bool _isFound;
    private bool _holds;

    /// <summary>Adds the next part.</summary>
    /// <param name="start">Its start.</param>
    /// <param name="end">Its end; more than its start.</param>
    /// <param name="isFound">Whether the pattern found it.</param>
    /// <param name="first">The start of the piece that is complete now.</param>
    /// <param name="last">Its end.</param>
    /// <returns>Whether one is.</returns>
    internal bool Add(int start, int end, bool isFound, out int first, out int last)
    {
        if (isFound && behavior == SplitBehavior.Removed)
        {
            return Finish(out first, out last);
        }

        bool joins = _holds && behavior switch
        {
            SplitBehavior.MergedWithPrevious => isFound && !_isFound,
            SplitBehavior.MergedWithNext => !isFound && _isFound,
            SplitBehavior.Contiguous => isFound == _isFound,
            _ => false,
        };
        if (joins)
        {
            // What was merged is closed for the same kind of join: a second match behind it stands alone.
            (first, last) = (0, 0);
            (_end, _isFound) = (end, behavior == SplitBehavior.MergedWithPrevious || isFound);
            return false;
        }

        bool complete = Finish(out first, out last);
        (_start, _end, _isFound, _holds) = (start, end, isFound, true);
        return complete;
    }

    /// <summary>Ends the text.</summary>
    /// <param name="first">The start of the last piece.</param>
    /// <param name="last">Its end.</param>
    /// <returns>Whether there is one.</returns>
    internal bool Finish(out int first, out int last)
    {
        (first, last) = (_start, _end);
        bool held = _holds;
        _holds = false;
        return held;
    }
}
