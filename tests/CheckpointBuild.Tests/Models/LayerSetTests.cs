using CheckpointBuild.Models;
using Xunit;

namespace CheckpointBuild.Tests.Models;

public sealed class LayerSetTests
{
    [Fact]
    public void Sets_of_the_same_layers_are_equal_whatever_model_they_were_made_for() =>
        Assert.Equal(LayerSet.Where(3, layer => layer == 1), LayerSet.Where(8, layer => layer == 1));

    [Fact]
    public void Default_is_the_set_of_no_layer() => Assert.Equal((true, LayerSet.None), (default(LayerSet).IsEmpty, LayerSet.Where(4, _ => false)));

    [Fact]
    public void Set_holds_no_layer_outside_the_model() =>
        Assert.Equal((true, false, false), (LayerSet.All(4).Contains(3), LayerSet.All(4).Contains(4), LayerSet.All(4).Contains(TensorRole.NoLayer)));

    [Fact]
    public void Set_is_written_as_its_layers() => Assert.Equal("0, 2", LayerSet.Where(4, layer => layer % 2 == 0).ToString());
}
