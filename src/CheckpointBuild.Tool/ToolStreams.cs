using System.IO;

namespace CheckpointBuild.Tool;

/// <summary>Where a verb reads and writes.</summary>
/// <param name="Input">Standard input.</param>
/// <param name="Output">Standard output: results alone.</param>
/// <param name="Error">Standard error: progress, messages and errors.</param>
internal sealed record ToolStreams(TextReader Input, TextWriter Output, TextWriter Error);
