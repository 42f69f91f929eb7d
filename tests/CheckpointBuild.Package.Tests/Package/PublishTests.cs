using System;
using System.IO;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>What ships holds the engine, or publishing is refused; the raw checkpoint never ships.</summary>
public sealed class PublishTests(PublishTests.Publishing publishing) : IClassFixture<PublishTests.Publishing>
{
    [Fact]
    public void Publish_ships_the_engine() => Assert.Equal(publishing.Engine, publishing.Published);

    [Fact]
    public void Publish_ships_no_file_of_the_raw_checkpoint() =>
        Assert.DoesNotContain(publishing.Files, f => Path.GetFileName(f) is "config.json" or "tokenizer.json" or "model.safetensors");

    [Fact]
    public void Publish_without_building_ships_the_engine() => Assert.Equal(publishing.Engine, publishing.PublishedWithoutBuilding);

    [Fact]
    public void Publish_without_building_and_without_the_store_ships_the_engine_of_bin() => Assert.Equal(publishing.Engine, publishing.PublishedWithoutStore);

    [Fact]
    public void Publish_of_a_stale_engine_warns()
    {
        publishing.Stale.Succeeded();
        Assert.Equal(["CKPT7130"], publishing.Stale.Codes);
    }

    [Fact]
    public void Publish_of_an_engine_that_is_gone_is_refused() => Assert.Equal(["CKPT7131"], publishing.Gone.Refused().Codes);

    /// <summary>A web project, whose default globs take everything for content, with the checkpoint inside; published in five ways.</summary>
    public sealed class Publishing : IDisposable
    {
        private readonly string _target;

        public Publishing(PackageFeed feed)
        {
            Folder = new StrangerFolder(feed);
            _target = Folder.Below("published");
            Folder.WriteProject("web", null, "Microsoft.NET.Sdk.Web", """<ItemGroup><ModelCheckpoint Include="models/doc-llama" Engine="gguf" Quantization="q8_0" /></ItemGroup>""");
            RepositoryPaths.CopyFolder(Folder.Checkpoint, Folder.Below("web", "models", "doc-llama"));

            Folder.Run("publish", "web", "-o", _target).Succeeded();
            Engine = StrangerFolder.Sha256(Folder.Engine("web", "Release"));
            Files = Directory.GetFiles(_target, "*", SearchOption.AllDirectories);
            Published = PublishedEngine();

            PublishWithoutBuilding().Succeeded();
            PublishedWithoutBuilding = PublishedEngine();

            Directory.Move(Folder.Store, Folder.Store + "-away");
            PublishWithoutBuilding().Succeeded();
            PublishedWithoutStore = PublishedEngine();

            string config = Folder.Below("web", "models", "doc-llama", "config.json");
            File.SetLastWriteTimeUtc(config, File.GetLastWriteTimeUtc(config).AddHours(1));
            Stale = PublishWithoutBuilding();

            File.Delete(Folder.Engine("web", "Release"));
            File.SetLastWriteTimeUtc(config, File.GetLastWriteTimeUtc(config).AddHours(-1));
            Gone = PublishWithoutBuilding();
        }

        public StrangerFolder Folder { get; }

        public string Engine { get; }

        public string[] Files { get; }

        public string? Published { get; }

        public string? PublishedWithoutBuilding { get; }

        public string? PublishedWithoutStore { get; }

        public CommandResult Stale { get; }

        public CommandResult Gone { get; }

        public void Dispose() => Folder.Dispose();

        private CommandResult PublishWithoutBuilding()
        {
            Directory.Delete(_target, recursive: true);
            return Folder.Run("publish", "web", "--no-build", "-o", _target);
        }

        private string? PublishedEngine() => Directory.GetFiles(_target, "*.gguf", SearchOption.AllDirectories).Select(StrangerFolder.Sha256).SingleOrDefault();
    }
}
