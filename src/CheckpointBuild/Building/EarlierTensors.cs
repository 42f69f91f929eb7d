using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building;

/// <summary>Tensors that earlier products hold already: the slots of a plan are filled from their files instead of from the source. Each file is held against its report first; dispose this when the plan is built.</summary>
/// <param name="find">Finds a file by the key of its tensors.</param>
internal sealed class EarlierTensors(Func<string, EarlierFile?> find) : IDisposable
{
    private readonly List<ByteSource> _open = [];
    private readonly Dictionary<string, string> _products = new(StringComparer.Ordinal);

    /// <summary>The content key of the product that a file's tensors come from.</summary>
    /// <param name="path">The file's path in the plan.</param>
    /// <returns>The key; null where they come from the source.</returns>
    public string? ProductOf(string path) => _products.GetValueOrDefault(path);

    /// <summary>Fills what can be filled from earlier products.</summary>
    /// <param name="plan">The plan over the source.</param>
    /// <param name="keys">For each of its files the key of the tensors in it, or null.</param>
    /// <param name="cancellation">Looked at between pieces of files.</param>
    /// <returns>A plan that gives the same bytes.</returns>
    public DirectoryPlan Apply(DirectoryPlan plan, IReadOnlyList<string?> keys, CancellationToken cancellation) =>
        plan with { Files = [.. plan.Files.Select((f, i) => keys[i] is { } key && find(key) is { } earlier ? From(earlier, f, cancellation) ?? f : f)] };

    /// <inheritdoc/>
    public void Dispose() => _open.ForEach(source => source.Dispose());

    private FilePlan? From(EarlierFile earlier, FilePlan file, CancellationToken cancellation)
    {
        long first = file.Slots[0].Offset;
        long shift = earlier.File.Length - file.Length;
        if (first + shift < 0 || OpenSound(earlier, cancellation) is not { } source)
        {
            return null;
        }

        _products[file.Path] = earlier.ProductKey;
        bool same = shift == 0 && file.Pieces.IsEmpty && file.Checksums.IsEmpty && StartsAlike(source, file);
        return file with
        {
            Twin = same ? new FinishedFile(earlier.FullPath, earlier.File.Sha256!) : null,
            Slots = [.. file.Slots.Select(s => new Slot(s.Offset, s.Length, new Stored(s.Tensor.Name, DType.U8, new Shape(s.Length, 1), source, s.Offset + shift)))],
        };
    }

    // What is checked is what is read later: the file stays open, whoever deletes its name meanwhile.
    private FileSource? OpenSound(EarlierFile earlier, CancellationToken cancellation)
    {
        try
        {
            var source = new FileSource(earlier.FullPath);
            _open.Add(source);
            return source.Length == earlier.File.Length && FileDigest.Sha256(source, cancellation) == earlier.File.Sha256 ? source : null;
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    private static bool StartsAlike(FileSource source, FilePlan file)
    {
        byte[] start = source.ReadBytes(0, checked((int)file.Slots[0].Offset));
        return start.AsSpan(0, file.Head.Length).SequenceEqual(file.Head.Span) && !start.AsSpan(file.Head.Length).ContainsAnyExcept((byte)0);
    }
}
