using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers;

/// <summary>Turns ids into text as they come, and never gives out a character that is not complete.</summary>
/// <remarks>The last tokens that gave text are decoded again together with the new ones, and what they gave is taken off the front: so a rule that looks at the start of the text (a leading space that goes) holds once, at the start of the stream.</remarks>
public sealed class TokenStream
{
    /// <summary>Bytes that never become a character are given out as U+FFFD after so many tokens, so that memory stays bounded.</summary>
    private const int MostWaiting = 64;

    private readonly Tokenizer _tokenizer;
    private readonly DecodeOptions _options;
    private readonly List<int> _ids = [];
    private string _known = "";
    private int _knownIds;

    /// <summary>Begins a stream.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="options">What is left out.</param>
    internal TokenStream(Tokenizer tokenizer, DecodeOptions options)
    {
        _tokenizer = tokenizer;
        _options = options;
    }

    /// <summary>Adds an id.</summary>
    /// <param name="id">The id.</param>
    /// <returns>The text that is complete now; empty where nothing is.</returns>
    public string Append(int id)
    {
        _ids.Add(id);
        string text = _tokenizer.Decode(_ids.ToArray(), _options);
        bool waits = text.Length <= _known.Length || (text[^1] == '\uFFFD' && _ids.Count - _knownIds < MostWaiting);
        return waits ? "" : GiveOut(text);
    }

    /// <summary>Ends the stream.</summary>
    /// <returns>What is left: U+FFFD for characters that were never completed; empty where nothing is.</returns>
    public string Flush()
    {
        string text = _tokenizer.Decode(_ids.ToArray(), _options);
        string rest = text.Length <= _known.Length ? "" : text[_known.Length..];
        _ids.Clear();
        (_known, _knownIds) = ("", 0);
        return rest;
    }

    private string GiveOut(string text)
    {
        string given = text[_known.Length..];
        _ids.RemoveRange(0, _knownIds);
        _known = _tokenizer.Decode(_ids.ToArray(), _options);
        _knownIds = _ids.Count;
        return given;
    }
}
