using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>Which files of a repository are wanted: a start, and patterns separated by ';'. A plain pattern takes only what it matches, <c>+pattern</c> adds to the start, <c>-pattern</c> or <c>!pattern</c> removes.</summary>
public sealed record FileSelection
{
    private readonly SelectionStart _start;
    private readonly ImmutableArray<string> _only;
    private readonly ImmutableArray<string> _added;
    private readonly ImmutableArray<string> _removed;

    /// <summary>Reads a selection.</summary>
    /// <param name="start">What is meant where no plain pattern stands.</param>
    /// <param name="patterns">The patterns, or null.</param>
    public FileSelection(SelectionStart start, string? patterns = null)
    {
        string[] all = (patterns ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        _start = start;
        _added = [.. all.Where(p => p[0] == '+' && p.Length > 1).Select(p => p[1..])];
        _removed = [.. all.Where(p => p[0] is '-' or '!' && p.Length > 1).Select(p => p[1..])];
        _only = [.. all.Where(p => p[0] is not ('+' or '-' or '!'))];
    }

    /// <summary>Every file.</summary>
    public static FileSelection Everything { get; } = new(SelectionStart.Everything);

    /// <summary>The names of the files, where everything is meant and the patterns are nothing but names: such files are asked for one by one, without a list of the repository. Empty otherwise.</summary>
    internal ImmutableArray<string> Names => _start == SelectionStart.Everything && _added.IsEmpty && _removed.IsEmpty && _only.All(GlobPattern.IsLiteral) ? _only : [];

    /// <summary>The selection in one canonical text; the patterns' order does not matter.</summary>
    /// <returns>The patterns; <c>adapter</c> before them where they select from an adapter.</returns>
    public override string ToString() => string.Join(';', _only.Order(StringComparer.Ordinal).Prepend(_start == SelectionStart.WhatAnAdapterNeeds ? "adapter" : "").Where(p => p.Length > 0)
        .Concat(_added.Order(StringComparer.Ordinal).Select(p => "+" + p))
        .Concat(_removed.Order(StringComparer.Ordinal).Select(p => "-" + p)));

    /// <summary>Chooses from a repository's files.</summary>
    /// <param name="files">All of them.</param>
    /// <param name="where">The repository, for messages.</param>
    /// <param name="warn">Receives what was noticed.</param>
    /// <returns>The chosen files in their order.</returns>
    /// <exception cref="CheckpointException">CKPT6014 when a chosen file has a name that cannot be, CKPT6020 when a pattern matches nothing, CKPT6021 or CKPT6022 when a build would have no weights, or too many.</exception>
    internal ImmutableArray<HubFile> Of(IReadOnlyList<HubFile> files, string where, Action<Diagnostic> warn)
    {
        foreach (string pattern in _only.Concat(_added).Concat(_removed).Where(p => !files.Any(f => GlobPattern.Matches(p, f.Path))))
        {
            throw Errors.PatternMatchesNothing(where, pattern, files.Select(f => f.Path));
        }

        HashSet<string> chosen = [.. _only.IsEmpty ? Start(files, where, warn) : files.Where(f => _only.Any(p => GlobPattern.Matches(p, f.Path))).Select(f => f.Path)];
        chosen.UnionWith(files.Where(f => _added.Any(p => GlobPattern.Matches(p, f.Path))).Select(f => f.Path));
        chosen.RemoveWhere(path => _removed.Any(p => GlobPattern.Matches(p, path)));
        RefuseUnsafe(chosen, where);
        if (chosen.Count == 0)
        {
            throw Errors.PatternMatchesNothing(where, ToString(), files.Select(f => f.Path));
        }

        return [.. files.Where(f => chosen.Contains(f.Path))];
    }

    /// <summary>Chooses from a package's files: whoever packed them chose already what belongs to the model, so that all are meant where no plain pattern stands.</summary>
    /// <param name="files">All of them.</param>
    /// <param name="where">The package, for messages.</param>
    /// <param name="warn">Receives what was noticed.</param>
    /// <returns>The chosen files in their order.</returns>
    /// <exception cref="CheckpointException">CKPT6020 when a pattern matches nothing.</exception>
    internal ImmutableArray<HubFile> OfPackage(IReadOnlyList<HubFile> files, string where, Action<Diagnostic> warn) =>
        new FileSelection(SelectionStart.Everything, string.Join(';', _only.Concat(_added.Select(p => "+" + p)).Concat(_removed.Select(p => "-" + p)))).Of(files, where, warn);

    /// <summary>Names what a build would lack of files that lie in a cache which keeps no list: others may have brought a part.</summary>
    /// <param name="chosen">The chosen files.</param>
    /// <param name="place">Where each lies.</param>
    /// <returns>Names of what is certainly missing; empty where patterns chose, or nothing says what belongs together.</returns>
    internal IEnumerable<string> Lacking(IReadOnlyList<string> chosen, Func<string, string> place) =>
        _start == SelectionStart.WhatABuildNeeds && _only.IsEmpty ? BuildFiles.Lacking(chosen, place) : [];

    private static void RefuseUnsafe(HashSet<string> chosen, string where)
    {
        foreach (string path in chosen.Where(p => !HubTree.IsSafe(p)))
        {
            throw Errors.BadHubPath(where, path);
        }

        // There the second would take the first one's place.
        if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS())
        {
            foreach (IGrouping<string, string> same in chosen.GroupBy(p => p, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            {
                throw Errors.BadHubPath(where, same.Last());
            }
        }
    }

    private IEnumerable<string> Start(IReadOnlyList<HubFile> files, string where, Action<Diagnostic> warn)
    {
        string[] offered = [.. files.Select(f => f.Path).Where(p => !_removed.Any(r => GlobPattern.Matches(r, p)))];
        return _start switch
        {
            SelectionStart.WhatABuildNeeds => BuildFiles.Of(offered, where, warn),
            SelectionStart.WhatAnAdapterNeeds => BuildFiles.OfAdapter(offered, where, warn),
            _ => offered,
        };
    }
}
