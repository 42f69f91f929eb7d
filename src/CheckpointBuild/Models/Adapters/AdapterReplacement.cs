using CheckpointBuild.Tensors;

namespace CheckpointBuild.Models.Adapters;

/// <summary>A tensor of the base that was trained as a whole and takes the base's place.</summary>
/// <param name="Name">The tensor's name in the names of the adapter's ecosystem: <c>model.norm.weight</c>.</param>
/// <param name="Tensor">The new values.</param>
/// <param name="IsBase">Whether a low-rank change is added to it afterwards: the matrix that the adapter was trained upon.</param>
public sealed record AdapterReplacement(string Name, Tensor Tensor, bool IsBase);
