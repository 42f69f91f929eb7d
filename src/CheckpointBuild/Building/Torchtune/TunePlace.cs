namespace CheckpointBuild.Building.Torchtune;

/// <summary>A tensor's name in Hugging Face's files and in torchtune.</summary>
/// <param name="File">Hugging Face's.</param>
/// <param name="Tune">torchtune's.</param>
/// <param name="HeadRows">Rows of one head, whose halves lie interleaved in torchtune; null = the rows lie alike.</param>
internal sealed record TunePlace(string File, string Tune, int? HeadRows = null);
