using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>Tensors of several places that are made of the same rows: an embedding that is also the head. They are filled together, so that those rows are read once.</summary>
internal sealed class TwinTensors
{
    private readonly Dictionary<(FileFill File, int Place), Tensor> _sources = [];
    private readonly Dictionary<Tensor, List<Twin>> _groups = new(ReferenceEqualityComparer.Instance);

    /// <summary>Looks for them.</summary>
    /// <param name="files">The files that are filled at the same pace.</param>
    public TwinTensors(IReadOnlyList<FileFill> files)
    {
        foreach (IGrouping<object, Twin> group in files.SelectMany(Placed).GroupBy(object (t) => t.Source, ReferenceEqualityComparer.Instance).Where(g => g.DistinctBy(t => t.Name).Count() > 1))
        {
            _groups.Add((Tensor)group.Key!, [.. group]);
            foreach (Twin twin in group)
            {
                _sources.Add((twin.File, twin.Place), twin.Source);
            }
        }
    }

    /// <summary>Whether a tensor is one of them.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="place">Its place there.</param>
    /// <returns>True when <see cref="Take"/> gives its bands, or gave them already.</returns>
    public bool Contains(FileFill file, int place) => _sources.ContainsKey((file, place));

    /// <summary>The bands of a tensor and all its twins, in the order of the rows that they are made of; nothing where they were taken before.</summary>
    /// <param name="file">The tensor's file.</param>
    /// <param name="place">The tensor's place there.</param>
    /// <param name="files">The files whose turn it is with that place.</param>
    /// <returns>Turns; bands of other files and places are early.</returns>
    public IEnumerable<FillTogether.Turn> Take(FileFill file, int place, FileFill[] files) => !_sources.TryGetValue((file, place), out Tensor? source) || !_groups.Remove(source, out List<Twin>? twins) ? [] :
    [
        .. from twin in twins
           let bands = twin.File.Tensors[twin.Place]
           let isEarly = twin.Place != place || !files.Contains(twin.File)
           from band in Enumerable.Range(bands.First, bands.Count)
           orderby twin.First + twin.File.Bands[band].Rows.Start
           select new FillTogether.Turn(twin.File, band, isEarly),
    ];

    private static IEnumerable<Twin> Placed(FileFill file) =>
        from place in Enumerable.Range(0, file.Tensors.Length)
        let tensor = file.Tensors[place].Tensor
        where !tensor.KeepsResidents
        let origin = RowOrigin.Of(tensor)
        where origin is not null
        select new Twin(file, place, tensor.Name, origin.Value.Source, origin.Value.First);

    private sealed record Twin(FileFill File, int Place, string Name, Tensor Source, long First);
}
