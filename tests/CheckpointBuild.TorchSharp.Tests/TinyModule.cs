using System.Linq;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CheckpointBuild.TorchSharp.Tests;

/// <summary>A module with the parameters of the tiny Llama of the tests, by Hugging Face's names; it computes nothing.</summary>
internal sealed class TinyModule : nn.Module
{
    /// <summary>Makes the module.</summary>
    /// <param name="dtype">The dtype of its parameters.</param>
    /// <param name="names">Names and shapes.</param>
    public TinyModule(ScalarType dtype, params (string Name, long[] Shape)[] names)
        : base("tiny")
    {
        foreach (IGrouping<string, (string Name, long[] Shape)> part in names.GroupBy(n => n.Name.Split('.')[0]))
        {
            (string Name, long[] Shape)[] inner = [.. part.Where(n => n.Name.Contains('.')).Select(n => (n.Name[(n.Name.IndexOf('.') + 1)..], n.Shape))];
            if (inner.Length > 0)
            {
                register_module(part.Key, new TinyModule(dtype, inner));
            }
            else
            {
                register_parameter(part.Key, new Parameter(zeros(part.Single().Shape, dtype: dtype), requires_grad: false));
            }
        }
    }
}
