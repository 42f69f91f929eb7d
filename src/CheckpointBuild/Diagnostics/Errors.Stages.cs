using System.Globalization;

namespace CheckpointBuild.Diagnostics;

/// <content>3xxx: stages and quantization.</content>
internal static partial class Errors
{
    internal static CheckpointException NotFinite(string tensor, float value, long row, long column, string dtype) => new("CKPT3001",
        string.Create(CultureInfo.InvariantCulture, $"tensor '{tensor}': the weight at row {N(row)}, column {N(column)} is {value}, which {dtype} cannot hold. The checkpoint is damaged or training diverged; use a sound one, or a float dtype to keep the value."));

    internal static CheckpointException BeyondRange(string tensor, float value, long row, long column, string dtype) => new("CKPT3002",
        string.Create(CultureInfo.InvariantCulture, $"tensor '{tensor}': the weight at row {N(row)}, column {N(column)} is {value:G9}, which {dtype} cannot hold. Use a wider type (bfloat16 or float32 in place of float16), or Compatibility=reference to write infinity as the reference tools do."));

    internal static CheckpointException NoValues(string tensor, string dtype, string wanted) => new("CKPT3004",
        $"tensor {Quote(tensor)}: is {dtype}, whose numbers are not computed with; {wanted} is needed. Convert the weights to a float type with the tool that made them, or keep them as they are.");

    internal static CheckpointException BrokenScale(string tensor, long row, long column, string dtype, string verb) => new("CKPT3003",
        $"tensor '{tensor}': the {dtype} block at row {N(row)}, column {N(column)} {verb} a scale that is not finite. The weights are damaged or too large for {dtype}; use a sound checkpoint or another type.");

    internal static CheckpointException MergedNotFinite(string tensor, float value, long row, long column, string dtype) => new("CKPT3060",
        string.Create(CultureInfo.InvariantCulture, $"tensor {Quote(tensor)}: with the adapter the weight at row {N(row)}, column {N(column)} is {value:G9}, which {dtype} cannot hold. Training diverged, the adapter's file is damaged, or its weight is too large; take a sound adapter, or a wider dtype."));
}
